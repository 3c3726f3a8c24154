#pragma once
// CORNU_API marks what the shared library exports; everything else is hidden (-fvisibility=hidden).
#if defined(_WIN32)
#define CORNU_API
#else
#define CORNU_API __attribute__((visibility("default")))
#endif

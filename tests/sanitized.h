#pragma once
// CORNU_SANITIZED: the address or the thread sanitizer is on. They take the memory that others count.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define CORNU_SANITIZED
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define CORNU_SANITIZED
#endif

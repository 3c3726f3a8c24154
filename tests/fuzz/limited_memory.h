#pragma once
/// For readers of files whose contents are then run or built: what they describe may ask for more memory than there is,
/// which is a MemoryError, as where the system refuses it. So that it is one on every machine, no more than 64 MiB are
/// given at once. Readers of plain data do not include this: a size that a header names must be held against the file
/// before anything is allocated, which -malloc_limit_mb checks.
extern "C" const char* __asan_default_options() { return "allocator_may_return_null=1:max_allocation_size_mb=64"; }

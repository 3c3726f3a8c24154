#pragma once
#include <string>

#include <cornu/models/training/logs.h>

namespace cornu {

/// `pattern` with its fields, as Python formats them, replaced by the logs' values: `{epoch:02d}-{val_loss:.2f}`.
/// Throws ValueError, with `where`, for an unknown name or a format that is none of integers and decimals.
std::string format_pattern(const std::string& pattern, const Logs& logs, const char* where);

/// Throws for what format_pattern() would throw for whatever the logs have.
void check_pattern(const std::string& pattern, const char* where);

}  // namespace cornu

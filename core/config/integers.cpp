#include <cornu/core/config/integers.h>

namespace cornu {

void to_config(Config& out, const Integers& value) {
  if (!value.defined())
    out = Config();
  else if (value.is_single())
    out = Config(value[0]);
  else
    to_config(out, value.values());
}

void from_config(const Config& in, Integers& value) {
  if (in.is_null()) {
    value = Integers();
  } else if (in.is_list()) {
    std::vector<int64_t> values;
    from_config(in, values);
    value = Integers(values);
  } else {
    value = Integers(in.integer());
  }
}

}  // namespace cornu

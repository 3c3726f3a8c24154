#include <algorithm>
#include <exception>

#include <cornu/core/data/internal/node.h>
#include <cornu/core/error.h>

namespace cornu::datasets {

int64_t Source::skip(int64_t count) {
  int64_t skipped = 0;
  while (skipped < count && next()) ++skipped;
  return skipped;
}

IteratorState Source::state() const {
  IteratorState state;
  StateWriter writer(state);
  save(writer);
  return state;
}

void check_element(const TensorList& element, const char* place) {
  const auto has_value = [](const Tensor& tensor) { return tensor.defined() && !tensor.is_symbolic(); };
  if (!std::all_of(element.begin(), element.end(), has_value))
    throw ValueError(std::string(place) + ": a tensor of the element has no value");
}

void check_at_least(int64_t value, int64_t minimum, const char* place, const char* name) {
  if (value < minimum)
    throw ValueError(std::string(place) + ": " + name + " must be at least " + std::to_string(minimum) + "; received " +
                     std::to_string(value));
}

void rethrow_with_place(const char* place, int64_t number) {
  const std::string where = std::string(place) + ": element " + std::to_string(number);
  try {
    throw;
  } catch (Error& error) {
    error.add_context(where);
    throw;
  } catch (const std::exception& error) {
    throw Error(where + ": " + error.what());
  }
}

void restore_part(Source& source, const IteratorState& part) {
  StateReader reader(part);
  source.restore(reader);
  reader.finish();
}

random::GeneratorScope element_generator(uint64_t key, int64_t number) {
  return random::GeneratorScope(static_cast<int64_t>(key), number << 32);
}

}  // namespace cornu::datasets

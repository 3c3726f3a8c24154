// A model that Keras saved in Python: loaded as it was compiled, trained, and written back for Python to go on with.
// test: @data@/classification.keras
#include <cstdio>

#include <cornu/cornu.h>

using namespace cornu;

int main(int argc, char** argv) try {
  if (argc < 2) return std::fprintf(stderr, "usage: keras_exchange MODEL.keras\n"), 2;
  std::unique_ptr<Model> model = load_model(argv[1]);
  model->summary();

  // Five classes: which of the first five of six features is the largest.
  set_random_seed(1);
  Tensor x = random::normal({1000, 6});
  Tensor y = argmax(x.slice({{}, {0, 5}}), 1);
  History history = model->fit(x, y, {.epochs = 8, .verbose = 2});
  std::printf("loss: %.3f before, %.3f now\n", history["loss"].front(), history["loss"].back());

  model->save("trained.keras");  // keras.models.load_model("trained.keras").fit(...) goes on from here
  std::unique_ptr<Model> again = load_model("trained.keras");
  const bool same =
      again->predict(x, {.verbose = 0}).to_vector<float>() == model->predict(x, {.verbose = 0}).to_vector<float>();
  std::printf("trained.keras predicts %s\n", same ? "the same" : "something else");
  return same && history["loss"].back() < history["loss"].front() ? 0 : 1;
} catch (const Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}

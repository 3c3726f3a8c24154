// A trained model of Keras's with a new task: its layers are frozen, and a new head is trained on what they give.
// test: @data@/classification.keras
#include <cstdio>

#include <cornu/cornu.h>

using namespace cornu;

int main(int argc, char** argv) try {
  if (argc < 2) return std::fprintf(stderr, "usage: transfer_learning MODEL.keras\n"), 2;
  std::unique_ptr<Model> trained = load_model(argv[1]);
  for (Layer* layer : trained->layers()) layer->set_trainable(false);

  // All but the last layer, and a head for two classes instead of five.
  Tensor features = trained->get_layer(-2).output();
  Model model(trained->inputs()[0], features | layers::Dense({.units = 2, .activation = "softmax", .name = "head"}),
              {.name = "transfer"});
  model.summary({.show_trainable = true});

  set_random_seed(1);
  Tensor x = random::normal({2000, 6});
  Tensor y = cast(reduce_sum(x, 1) > 0.f, int32);
  const std::vector<float> frozen = trained->get_weights()[0].to_vector<float>();
  model.compile({.optimizer = optimizers::Adam({.learning_rate = 0.05}),
                 .loss = "sparse_categorical_crossentropy",
                 .metrics = {"accuracy"}});
  History history = model.fit(x, y, {.batch_size = 50, .epochs = 5, .verbose = 2});

  const bool stayed = trained->get_weights()[0].to_vector<float>() == frozen;
  std::printf("accuracy %.3f; the frozen layers %s\n", history["accuracy"].back(), stayed ? "stayed" : "changed");
  model.save("transfer.keras");
  return stayed && history["accuracy"].back() > 0.75 ? 0 : 1;
} catch (const Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}

// A functional model with two inputs and two outputs, each output with a loss, a weight and a metric of its own.
// usage: functional_branches
#include <cstdio>

#include <cornu/cornu.h>
using namespace cornu;

// Tickets: what they say (word counts), and who writes; how urgent they are, and who shall answer.
struct Tickets {
  Tensor words, sender, priority, department;
};

static Tickets make_tickets(int64_t count) {
  Tensor words = random::uniform({count, 20}), sender = random::uniform({count, 4});
  Tensor importance = reduce_mean(words.slice({{}, {0, 5}}), 1, {.keepdims = true}) + sender.slice({{}, {0, 1}});
  Tensor subject = stack({reduce_sum(words.slice({{}, {0, 7}}), 1), reduce_sum(words.slice({{}, {7, 14}}), 1),
                          reduce_sum(words.slice({{}, {13, 20}}), 1)},
                         1);
  return {words, sender, cast(greater(importance, 1.f), float32), argmax(subject, 1)};
}

int main() try {
  set_random_seed(2);
  Tensor words = Input({20}, {.name = "words"}), sender = Input({4}, {.name = "sender"});
  Tensor features = words | layers::Dense({.units = 32, .activation = "relu"});
  Tensor merged = layers::concatenate({features, sender}) | layers::Dense({.units = 32, .activation = "relu"});
  Tensor priority = merged | layers::Dense({.units = 1, .activation = "sigmoid", .name = "priority"});
  Tensor department = merged | layers::Dense({.units = 3, .activation = "softmax", .name = "department"});
  Model model({words, sender}, {priority, department});
  model.summary();

  model.compile({.optimizer = optimizers::Adam({.learning_rate = 0.01}),
                 .loss = {{"priority", "binary_crossentropy"}, {"department", "sparse_categorical_crossentropy"}},
                 .loss_weights = {{"priority", 1.0}, {"department", 0.5}},
                 .metrics = {{"priority", {"accuracy"}}, {"department", {"accuracy"}}}});
  Tickets tickets = make_tickets(2000);
  History history = model.fit({tickets.words, tickets.sender}, {tickets.priority, tickets.department},
                              {.batch_size = 32, .epochs = 8, .validation_split = 0.2, .verbose = 2});
  return history["val_priority_accuracy"].back() > 0.8 && history["val_department_accuracy"].back() > 0.7 ? 0 : 1;
} catch (const Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}

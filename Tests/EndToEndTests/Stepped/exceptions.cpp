// C++ exceptions through frames; see functions.c.
#include <cstdint>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

static volatile uint64_t sink;

struct Guard {
    uint64_t value;
    explicit Guard(uint64_t value) : value(value) {}
    __attribute__((noinline)) ~Guard() { sink = sink + value; }
};

__attribute__((noinline)) static uint64_t thrower(int depth) {
    Guard guard(static_cast<uint64_t>(depth));
    if (depth == 0) throw std::runtime_error("stepped");
    return thrower(depth - 1) + guard.value;
}

__attribute__((noinline)) static void rethrower(int depth) {
    try {
        thrower(depth);
    } catch (const std::logic_error &) {
        sink = sink + 1;
    } catch (...) {
        Guard guard(9);
        throw;
    }
}

static void exceptions() {
    try {
        rethrower(3);
    } catch (const std::exception &error) {
        sink = sink + std::string(error.what()).size();
    }
}

struct Shape {
    virtual ~Shape() = default;
    virtual uint64_t area(uint64_t scale) const = 0;
};
struct Named {
    virtual ~Named() = default;
    virtual std::string name() const { return "shape"; }
};
struct Square : Shape, Named {
    uint64_t side = 3;
    uint64_t area(uint64_t scale) const override { return side * side * scale; }
    // Reached through a thunk that adjusts `this`.
    std::string name() const override { return "a square with a name that does not fit into a small string"; }
};

static void library() {
    std::map<std::string, std::vector<int>> words;
    for (int index = 0; index < 12; index++) words["key" + std::to_string(index * 7 % 5)].push_back(index);
    std::shared_ptr<Square> square = std::make_shared<Square>();
    const Named &named = *square;
    const Shape &shape = *square;
    sink = sink + named.name().size() + shape.area(words.size());
}

struct stepped_case {
    const char *name;
    void (*body)();
};
extern "C" __attribute__((visibility("default"))) const stepped_case stepped_cases[] = {
    {"throw and catch", exceptions},
    {"containers, virtual calls", library},
    {nullptr, nullptr},
};

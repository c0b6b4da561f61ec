// Exceptions, templates and a destructor: unwind information with personalities, and names to demangle.
struct Guard {
    ~Guard();
};

template <class A, class B> struct Pair {
    A a;
    B b;
    static int sum(Pair p) { return p.a + p.b; }
};

int risky(int);

namespace shop {
int order(int n) {
    Guard guard;
    try {
        return risky(n);
    } catch (int error) {
        return Pair<int, long>::sum({error, n});
    }
}
}  // namespace shop

/// A compiled I-Regexp (RFC 9485).
///
/// Matching takes O(length of the text · size of the pattern), whatever both are: all ways through the pattern are followed at once,
/// scalar by scalar, and none is ever tried again (Thompson's construction).
struct IRegexp: Hashable, Sendable {
    enum Instruction: Hashable, Sendable {
        case scalar(Unicode.Scalar)
        case set(ScalarSet)
        /// Goes on at both.
        case fork(Int, Int)
        case jump(Int)
        case found
    }

    private var instructions: [Instruction] = []

    /// How large a pattern may become once its counts are written out: `a{1000}` is a thousand instructions.
    static let maximumSize = 50_000

    /// Nil where the text is no I-Regexp, or one that becomes too large.
    init?(_ text: String) {
        do {
            var compiler = PatternCompiler(limit: Self.maximumSize)
            try compiler.add(try PatternParser.parse(text))
            instructions = compiler.instructions + [.found]
        } catch {
            return nil
        }
    }

    /// Whether the whole text is one that the pattern describes.
    func matches(_ text: String) -> Bool {
        var walk = Walk(count: instructions.count)
        walk.begin()
        add(0, to: &walk)
        for scalar in text.unicodeScalars {
            if walk.places.isEmpty { return false }
            step(over: scalar, &walk)
        }
        return walk.hasFound
    }

    /// Whether some part of the text is.
    func isFound(in text: String) -> Bool {
        var walk = Walk(count: instructions.count)
        walk.begin()
        add(0, to: &walk)
        for scalar in text.unicodeScalars {
            if walk.hasFound { return true }
            step(over: scalar, &walk)
            add(0, to: &walk)
        }
        return walk.hasFound
    }

    /// The instructions that a text so far leads to, each once.
    private struct Walk {
        var places: [Int] = []
        var before: [Int] = []
        var hasFound = false
        /// When each instruction was reached last; by running number, so that nothing has to be cleared.
        var reached: [Int]
        var now = 0
        var pending: [Int] = []

        init(count: Int) { reached = Array(repeating: -1, count: count) }

        mutating func begin() {
            swap(&places, &before)
            places.removeAll(keepingCapacity: true)
            hasFound = false
            now += 1
        }
    }

    private func step(over scalar: Unicode.Scalar, _ walk: inout Walk) {
        walk.begin()
        for index in walk.before.indices {
            let place = walk.before[index]
            let takes =
                switch instructions[place] {
                case .scalar(let wanted): wanted == scalar
                case .set(let set): set.contains(scalar)
                default: false
                }
            if takes { add(place + 1, to: &walk) }
        }
    }

    /// An instruction with all that is reached from it without a scalar.
    private func add(_ place: Int, to walk: inout Walk) {
        walk.pending.append(place)
        while let place = walk.pending.popLast() {
            if walk.reached[place] == walk.now { continue }
            walk.reached[place] = walk.now
            switch instructions[place] {
            case .fork(let first, let second):
                walk.pending.append(second)
                walk.pending.append(first)
            case .jump(let target): walk.pending.append(target)
            case .found: walk.hasFound = true
            case .scalar, .set: walk.places.append(place)
            }
        }
    }
}

/// Turns a pattern into instructions; counts are written out.
private struct PatternCompiler {
    struct TooLarge: Error {}

    private(set) var instructions: [IRegexp.Instruction] = []
    private let limit: Int
    /// Also what adds no instruction counts, as in `(){1000}`.
    private var visits = 0

    init(limit: Int) { self.limit = limit }

    mutating func add(_ pattern: Pattern) throws(TooLarge) {
        visits += 1
        guard visits + instructions.count <= limit else { throw TooLarge() }
        switch pattern {
        case .scalar(let scalar): instructions.append(.scalar(scalar))
        case .set(let set): instructions.append(.set(set))
        case .sequence(let parts): for part in parts { try add(part) }
        case .choice(let branches): try addChoice(branches)
        case .repeated(let inner, let least, let most):
            for _ in 0..<least { try add(inner) }
            if let most {
                try addOptional(inner, count: most - least)
            } else {
                let start = fork()
                try add(inner)
                instructions.append(.jump(start))
                instructions[start] = .fork(start + 1, instructions.count)
            }
        }
    }

    /// A place for a fork that is not known yet.
    private mutating func fork() -> Int {
        instructions.append(.jump(0))
        return instructions.count - 1
    }

    private mutating func addChoice(_ branches: [Pattern]) throws(TooLarge) {
        var ends: [Int] = []
        for branch in branches.dropLast() {
            let start = fork()
            try add(branch)
            ends.append(fork())
            instructions[start] = .fork(start + 1, instructions.count)
        }
        if let last = branches.last { try add(last) }
        for end in ends { instructions[end] = .jump(instructions.count) }
    }

    private mutating func addOptional(_ inner: Pattern, count: Int) throws(TooLarge) {
        var starts: [Int] = []
        for _ in 0..<count {
            starts.append(fork())
            try add(inner)
        }
        for start in starts { instructions[start] = .fork(start + 1, instructions.count) }
    }
}

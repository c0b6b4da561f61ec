internal import HearthProfile

/// Writes one sample type as collapsed stacks: a line a distinct stack of names, callers before callees and siblings in
/// the order of their UTF-8, so that the same samples give the same file. Stacks under zero, as the difference of two
/// pprof files has them, are left out: no reader of the format takes a count with a minus.
struct CollapsedWriter {
    private let type: ValueType
    private let scale: DecimalScale
    /// Escaped names, in the order of their bytes.
    private let names: [[UInt8]]
    private var stacks = StackTable()
    private var values: [Int64] = [0]

    private static let flushSize = 1 << 18
    /// What stands for a sample without any frame; its weight is not to be lost.
    private static let noStack = "[no stack]"

    /// O(stacks + samples).
    init(_ profile: Profile, column: Int) {
        type = profile.sampleTypes[column]
        scale = DecimalScale(of: type)
        let noStack = CollapsedName.escaped(Self.noStack)
        let named = Self.escapedNames(profile)
        names = Set(named.names + [noStack]).sorted { $0.lexicographicallyPrecedes($1) }
        let ranks = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, FrameID(rawValue: UInt32($0))) })
        let ranksOfNames = named.names.map { ranks[$0] ?? FrameID(rawValue: 0) }
        let frames = named.indexes.map { ranksOfNames[$0] }

        // Stacks of names in place of stacks of frames: two addresses of one function are one line.
        var moved: [StackID] = [.empty]
        moved.reserveCapacity(profile.stacks.count)
        for index in profile.stacks.parents.indices.dropFirst() {
            let caller = moved[Int(profile.stacks.parents[index].rawValue)]
            moved.append(stacks.push(frames[Int(profile.stacks.frames[index].rawValue)], on: caller))
        }
        let unknown = stacks.push(ranks[noStack] ?? FrameID(rawValue: 0), on: .empty)
        values = Array(repeating: 0, count: stacks.count)
        for (row, sample) in profile.samples.enumerated() {
            let stack = sample.stack == .empty ? unknown : moved[Int(sample.stack.rawValue)]
            let value = profile.value(row: row, column: column)
            values[Int(stack.rawValue)] = saturatingSum(values[Int(stack.rawValue)], value)
        }
    }

    /// The names of all frames, and for each frame the index of its own. One that many frames have is escaped once, and kept
    /// once: it may be as long as a file.
    private static func escapedNames(_ profile: Profile) -> (names: [[UInt8]], indexes: [Int]) {
        var names: [[UInt8]] = []
        var indexOfString: [StringID: Int] = [:]
        let indexes = profile.frames.enumerated().map { index, frame in
            if frame.isSymbolized, let known = indexOfString[frame.name] { return known }
            names.append(CollapsedName.escaped(profile.displayName(FrameID(rawValue: UInt32(index)))))
            if frame.isSymbolized { indexOfString[frame.name] = names.count - 1 }
            return names.count - 1
        }
        return (names, indexes)
    }

    /// The file, in pieces. O(bytes).
    func write<Failure>(to sink: ([UInt8]) throws(Failure) -> Void) throws(Failure) {
        var buffer = Array(CollapsedHeader.line(type).utf8)
        var prefix: [UInt8] = []
        let callees = callees()
        var pending = callees[0].reversed().map { (stack: $0, prefixLength: 0) }
        while let (stack, prefixLength) = pending.popLast() {
            prefix.removeLast(prefix.count - prefixLength)
            if !prefix.isEmpty { prefix.append(Ascii.semicolon) }
            prefix.append(contentsOf: names[Int(stacks.leaf(of: stack).rawValue)])
            let value = values[Int(stack.rawValue)]
            if value > 0 {
                buffer.append(contentsOf: prefix)
                buffer.append(Ascii.space)
                buffer.append(contentsOf: scale.text(value).utf8)
                buffer.append(Ascii.newline)
            }
            for callee in callees[Int(stack.rawValue)].reversed() { pending.append((callee, prefix.count)) }
            if buffer.count >= Self.flushSize {
                try sink(buffer)
                buffer.removeAll(keepingCapacity: true)
            }
        }
        try sink(buffer)
    }

    /// For each stack those with one frame more, in the order of that frame's name.
    private func callees() -> [[StackID]] {
        var callees = Array(repeating: [StackID](), count: stacks.count)
        for index in stacks.parents.indices.dropFirst() {
            callees[Int(stacks.parents[index].rawValue)].append(StackID(rawValue: UInt32(index)))
        }
        for index in callees.indices where callees[index].count > 1 {
            callees[index].sort { stacks.leaf(of: $0).rawValue < stacks.leaf(of: $1).rawValue }
        }
        return callees
    }
}

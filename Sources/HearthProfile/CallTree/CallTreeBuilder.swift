/// Collects nodes and values, then orders the functions.
struct CallTreeBuilder {
    private struct FunctionKey: Hashable {
        var name: String
        /// A label and a function of one name are two things.
        var kind: Frame.Kind
    }

    private var functions: [CallTree.Function] = []
    private var functionIndex: [FunctionKey: UInt32] = [:]
    private var nodes = NodeTable()
    private var selfValues: [[Int64]]

    init(sides: Int) { selfValues = Array(repeating: [0], count: sides) }

    /// - Returns: the node of each stack that carries a value or leads to one that does, 0 for the others; nothing where
    ///   `reversed`.
    @discardableResult
    mutating func add(_ profile: Profile, column: Int, side: Int, reversed: Bool = false) -> [UInt32] {
        let functionOfFrame = profile.frames.indices.map { index in
            intern(FrameID(rawValue: UInt32(index)), of: profile)
        }
        let valueOfStack = Self.valueOfStack(profile, column: column)
        guard reversed else { return addRootsFirst(profile.stacks, valueOfStack, functionOfFrame, side: side) }
        addLeavesFirst(profile.stacks, valueOfStack, functionOfFrame, side: side)
        return []
    }

    /// The tree of one profile in which every frame is another function and every stack leads to a value, as of collapsed stacks:
    /// its stacks are the nodes. Nil of any other.
    static func direct(_ profile: Profile, column: Int) -> CallTree? {
        var builder = CallTreeBuilder(sides: 1)
        let functionOfFrame = profile.frames.indices.map { index in
            builder.intern(FrameID(rawValue: UInt32(index)), of: profile)
        }
        guard builder.functions.count == functionOfFrame.count else { return nil }
        let own = Self.valueOfStack(profile, column: column)
        var tree = CallTree(empty: ())
        tree.parents = profile.stacks.parents.map(\.rawValue)
        let totals = tree.inclusive(own)
        guard totals.dropFirst().allSatisfy({ $0 > 0 }) else { return nil }
        tree.selfValues = [own]
        tree.totals = [totals]
        let rank = builder.orderFunctions(of: &tree)
        // The empty stack has no frame, whatever stands there.
        tree.nodeFunctions.append(
            contentsOf: profile.stacks.frames.dropFirst().map { rank[Int(functionOfFrame[Int($0.rawValue)])] })
        return tree
    }

    private static func valueOfStack(_ profile: Profile, column: Int) -> [Int64] {
        var values = Array(repeating: Int64(0), count: profile.stacks.count)
        for (row, sample) in profile.samples.enumerated() {
            let value = profile.value(row: row, column: column)
            guard value > 0 else { continue }
            let stack = Int(sample.stack.rawValue)
            values[stack] = saturatingSum(values[stack], value)
        }
        return values
    }

    private mutating func addRootsFirst(
        _ stacks: StackTable, _ values: [Int64], _ functionOfFrame: [UInt32], side: Int
    ) -> [UInt32] {
        // Filters leave stacks behind that no sample has any more: only what carries a value becomes a node.
        var isUsed = values.map { $0 > 0 }
        for index in stride(from: stacks.count - 1, to: 0, by: -1) where isUsed[index] {
            isUsed[Int(stacks.parents[index].rawValue)] = true
        }
        if nodes.count == 1, functions.count == functionOfFrame.count, isUsed.dropFirst().allSatisfy({ $0 }) {
            // Every frame is another function: the stacks are the nodes.
            // The empty one has no frame, whatever stands there.
            let labels = stacks.frames.dropFirst().map { functionOfFrame[Int($0.rawValue)] }
            nodes = NodeTable(parents: stacks.parents.map(\.rawValue), labels: [0] + labels)
            let outside = selfValues[side][0]
            selfValues[side] = values
            record(outside, at: 0, side: side)
            return Array(0..<UInt32(stacks.count))
        }
        var nodeOfStack = Array(repeating: UInt32(0), count: stacks.count)
        var hashes = Array(repeating: NodeTable.rootHash, count: stacks.count)
        record(values[0], at: 0, side: side)
        for first in stride(from: 1, to: stacks.count, by: NodeTable.ahead) {
            let indices = first..<min(first + NodeTable.ahead, stacks.count)
            nodes.reserve(nodes.count + indices.count)
            for index in indices {
                let caller = hashes[Int(stacks.parents[index].rawValue)]
                hashes[index] = NodeTable.hash(
                    caller, calling: functionOfFrame[Int(stacks.frames[index].rawValue)])
                nodes.readAhead(hashes[index])
            }
            for index in indices where isUsed[index] {
                let caller = nodeOfStack[Int(stacks.parents[index].rawValue)]
                let function = functionOfFrame[Int(stacks.frames[index].rawValue)]
                let node = nodes.child(of: caller, calling: function, hash: hashes[index])
                nodeOfStack[index] = node
                record(values[index], at: Int(node), side: side)
            }
        }
        return nodeOfStack
    }

    private mutating func addLeavesFirst(
        _ stacks: StackTable, _ values: [Int64], _ functionOfFrame: [UInt32], side: Int
    ) {
        for index in values.indices where values[index] > 0 {
            var node: UInt32 = 0
            for frame in stacks.framesLeafFirst(StackID(rawValue: UInt32(index))) {
                node = nodes.child(of: node, calling: functionOfFrame[Int(frame.rawValue)])
            }
            record(values[index], at: Int(node), side: side)
        }
    }

    /// Only neighbours are added up.
    ///
    /// - Returns: for each node the sum of all values before it.
    mutating func addInOrder(_ profile: Profile, column: Int, rows: [Int], reversed: Bool) -> [Int64] {
        var starts: [Int64] = [0]
        var time: Int64 = 0
        let functionOfFrame = profile.frames.indices.map { index in
            intern(FrameID(rawValue: UInt32(index)), of: profile)
        }
        // The last row's stack, from the root on.
        var path: [(function: UInt32, node: UInt32)] = []
        for row in rows {
            let value = profile.value(row: row, column: column)
            guard value > 0 else { continue }
            let leafFirst = profile.stacks.framesLeafFirst(profile.samples[row].stack).map {
                functionOfFrame[Int($0.rawValue)]
            }
            let functions = reversed ? leafFirst : leafFirst.reversed()
            let shared = zip(path, functions).prefix { $0.function == $1 }.count
            path.removeLast(path.count - shared)
            for function in functions.dropFirst(shared) {
                path.append((function, nodes.appendNew(of: path.last?.node ?? 0, calling: function)))
                starts.append(time)
            }
            record(value, at: Int(path.last?.node ?? 0), side: 0)
            time = saturatingSum(time, value)
        }
        return starts
    }

    private mutating func record(_ value: Int64, at node: Int, side: Int) {
        while selfValues[side].count <= node { selfValues[side].append(0) }
        selfValues[side][node] = saturatingSum(selfValues[side][node], value)
    }

    private mutating func intern(_ id: FrameID, of profile: Profile) -> UInt32 {
        let frame = profile.frame(id)
        let name = profile.displayName(id)
        let function = CallTree.Function(
            name: name,
            fullName: frame.isSymbolized && frame.fullName != .empty ? profile.strings[frame.fullName] : name,
            image: frame.image.map { profile.image($0).name } ?? "", kind: frame.kind)
        let key = FunctionKey(name: name, kind: frame.kind == .inlined ? .function : frame.kind)
        guard let known = functionIndex[key] else {
            let new = UInt32(functions.count)
            functions.append(function)
            functionIndex[key] = new
            return new
        }
        functions[Int(known)].absorb(function)
        return known
    }

    /// O(nodes + functions × log functions).
    mutating func finish() -> CallTree {
        var tree = CallTree(empty: ())
        let rank = orderFunctions(of: &tree)
        (tree.parents, tree.nodeFunctions) = nodes.finish()
        for node in 1..<max(tree.count, 1) { tree.nodeFunctions[node] = rank[Int(tree.nodeFunctions[node])] }
        for side in selfValues.indices {
            selfValues[side].append(contentsOf: repeatElement(0, count: tree.count - selfValues[side].count))
        }
        tree.selfValues = selfValues
        tree.totals = selfValues.map { tree.inclusive($0) }
        return tree
    }

    /// Gives the tree its functions.
    ///
    /// - Returns: for each of the builder's functions its number in the tree.
    private func orderFunctions(of tree: inout CallTree) -> [UInt32] {
        let order = functions.indices.sorted { left, right in functions[left].precedes(functions[right]) }
        var rank = Array(repeating: UInt32(0), count: functions.count)
        for (position, old) in order.enumerated() { rank[old] = UInt32(position) }
        tree.functions = order.map { functions[$0] }
        return rank
    }
}

extension CallTree.Function {
    /// Takes over what another frame of the same name says, so that the order of frames has no effect.
    fileprivate mutating func absorb(_ other: Self) {
        if kind == .inlined { kind = other.kind }
        // The same name as whole name says nothing. Of an async function the entry has the shortest, its parts say more.
        let (length, otherLength) = (fullName.utf8.count, other.fullName.utf8.count)
        if other.fullName != name, fullName == name || (otherLength, other.fullName) < (length, fullName) {
            fullName = other.fullName
        }
        if !other.image.isEmpty, image.isEmpty || other.image < image { image = other.image }
    }

    fileprivate func precedes(_ other: Self) -> Bool {
        if name == other.name { return kind.rawValue < other.kind.rawValue }
        return name.utf8.lexicographicallyPrecedes(other.name.utf8)
    }
}

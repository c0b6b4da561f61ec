internal import HearthGraph
internal import Synchronization

/// Values of one node that are remembered for a run, by what they were made from. Safe to use from many tasks.
///
/// Bounded: when half of the room is full, what came before that half is forgotten. Found by 128 bits of hash and then compared, so
/// that a collision costs an evaluation and never a wrong value.
final class NodeMemo: Sendable {
    /// Which items have a value already.
    struct Found {
        /// In order.
        var hits: [Int] = []
        /// Of the hits, in their order; nil where there are none.
        var values: Column?
        /// Items to be evaluated, in order.
        var missing: [Int] = []
        /// Of the missing ones.
        var hashes: [ItemHash] = []
    }

    /// Values end to end, and copies of what they were made from.
    fileprivate struct Generation {
        var places: [ItemHash: Int] = [:]
        var inputs: [any ItemArena] = []
        var values: (any ItemArena)?
        var bytes = 0
    }

    fileprivate struct State {
        var young = Generation()
        var old = Generation()
    }

    private let state = Mutex(State())
    private let maximumBytes: Int
    /// Of a place in the table with its hash, about.
    private static let bytesAnEntry = 64

    init(maximumBytes: Int) { self.maximumBytes = maximumBytes }

    /// What is remembered of these items of a node's inputs. O(bytes of the items).
    func find(_ inputs: [Column], items: [Int]) -> Found {
        var found = Found()
        let hashes = items.map { item in
            var hasher = ItemHasher()
            for input in inputs { input.hash(item, into: &hasher) }
            return hasher.finish()
        }
        state.withLock { state in
            var hits: [(isOld: Bool, place: Int)] = []
            for (item, hash) in zip(items, hashes) {
                if let place = state.young.place(of: hash, inputs, item) {
                    found.hits.append(item)
                    hits.append((false, place))
                } else if let place = state.old.place(of: hash, inputs, item) {
                    found.hits.append(item)
                    hits.append((true, place))
                } else {
                    found.missing.append(item)
                    found.hashes.append(hash)
                }
            }
            found.values = state.values(hits)
        }
        return found
    }

    /// Remembers values made of some items; those set aside are not.
    ///
    /// - Parameters:
    ///   - items: those that were missing.
    ///   - output: the values of these, in their order.
    func store(_ inputs: [Column], items: [Int], _ hashes: [ItemHash], _ output: NodeOutput) {
        let rejected = Set(output.rejections.lazy.map(\.item))
        let kept = items.indices.filter { !rejected.contains($0) }
        guard !kept.isEmpty, !inputs.isEmpty else { return }
        // Of these very items: a batch of many small ones may have one large one, and it is that which is kept.
        let own = inputs.reduce(0) { $0 + $1.gathered(kept.map { items[$0] }).byteCount }
        let bytes = own + output.column.gathered(kept).byteCount + kept.count * Self.bytesAnEntry
        state.withLock { state in
            if state.young.bytes + bytes > maximumBytes / 2 {
                state.old = state.young
                state.young = Generation()
            }
            // More than there is room for at all: not remembered.
            guard bytes <= maximumBytes / 2 else { return }
            state.young.append(inputs, items: kept.map { items[$0] }, kept.map { hashes[$0] }, output.column, kept)
            state.young.bytes += bytes
        }
    }
}

extension NodeMemo.Generation {
    func place(of hash: ItemHash, _ inputs: [Column], _ item: Int) -> Int? {
        guard let place = places[hash],
            zip(self.inputs, inputs).allSatisfy({ $0.isSame(place, as: item, of: $1) })
        else { return nil }
        return place
    }

    mutating func append(
        _ inputs: [Column], items: [Int], _ hashes: [ItemHash], _ column: Column, _ values: [Int]
    ) {
        if self.values == nil {
            self.inputs = inputs.map { $0.arena() }
            self.values = column.arena()
        }
        let first = self.values?.count ?? 0
        for (arena, input) in zip(self.inputs, inputs) { arena.append(items, of: input) }
        self.values?.append(values, of: column)
        for (offset, hash) in hashes.enumerated() { places[hash] = first + offset }
    }
}

extension NodeMemo.State {
    /// The values of hits in their order.
    func values(_ hits: [(isOld: Bool, place: Int)]) -> Column? {
        guard let first = hits.first else { return nil }
        if hits.allSatisfy({ $0.isOld == first.isOld }) {
            return (first.isOld ? old : young).values?.column(hits.map(\.place))
        }
        let columns = [false, true].compactMap { isOld in
            (isOld ? old : young).values?.column(hits.filter { $0.isOld == isOld }.map(\.place))
        }
        var next = [0, 0]
        let picks = hits.map { hit in
            let column = hit.isOld ? 1 : 0
            defer { next[column] += 1 }
            return Column.Pick(column: column, item: next[column])
        }
        return Column.picked(picks, of: columns, type: columns[0].type)
    }
}

extension NodeMemo.Found {
    /// The column of a batch: what was remembered, what was made, and nothing for the items that were not asked for.
    func merged(with made: NodeOutput, count: Int) -> NodeOutput {
        var picks = Array(repeating: Column.Pick.null, count: count)
        // Where there is no value at all, what was made of no item says which fields a record has.
        let sources = missing.isEmpty ? [values ?? made.column] : [made.column] + [values].compactMap(\.self)
        for (place, item) in missing.enumerated() { picks[item] = Column.Pick(column: 0, item: place) }
        for (place, item) in hits.enumerated() { picks[item] = Column.Pick(column: sources.count - 1, item: place) }
        let rejections = made.rejections.map { error in
            ItemError(item: missing[error.item], reason: error.reason, byte: error.byte)
        }
        return NodeOutput(
            Column.picked(picks, of: sources, type: made.column.type), rejections: rejections)
    }
}

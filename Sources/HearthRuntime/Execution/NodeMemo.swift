internal import HearthGraph
internal import Synchronization

/// Values of one node that are remembered for a run, by what they were made from. Safe to use from many tasks.
///
/// Bounded: when half of the room is full, what came before that half is forgotten. Found by 128 bits of
/// hash and then compared, so that a collision costs an evaluation and never a wrong value.
final class NodeMemo: Sendable {
    /// Which items have a value already, and where.
    struct Found {
        var hits: [(item: Int, value: Column.Pick)] = []
        var values: [Column] = []
        /// Items to be evaluated, in order.
        var missing: [Int] = []
        /// Of the missing ones.
        var hashes: [ItemHash] = []
    }

    /// What was made together: the values, and copies of what they were made from.
    fileprivate struct Piece {
        var inputs: [Column]
        var values: Column
    }

    fileprivate struct Place {
        var piece: Int32
        var item: Int32
    }

    fileprivate struct Generation {
        var places: [ItemHash: Place] = [:]
        var pieces: [Piece] = []
        var bytes = 0
    }

    fileprivate struct State {
        var young = Generation()
        var old = Generation()
    }

    private let state = Mutex(State())
    private let maximumBytes: Int
    /// Of a place in the table and its hash, about.
    private static let bytesAnEntry = 48

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
            // By generation and piece, the place of its values among those found.
            var columns: [[Int32: Int]] = [[:], [:]]
            for (item, hash) in zip(items, hashes) {
                let hit = state.place(of: hash) { piece, other in
                    zip(inputs, piece.inputs).allSatisfy { $0.isSame(item, as: other, of: $1) }
                }
                guard let (isOld, place, piece) = hit else {
                    found.missing.append(item)
                    found.hashes.append(hash)
                    continue
                }
                let known = columns[isOld ? 1 : 0][place.piece]
                let column = known ?? found.values.count
                if known == nil {
                    columns[isOld ? 1 : 0][place.piece] = column
                    found.values.append(piece.values)
                }
                found.hits.append((item, Column.Pick(column: column, item: Int(place.item))))
            }
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
        guard !kept.isEmpty else { return }
        // Copies, so that remembering an item does not keep the memory of its batch.
        let copies = inputs.map { input in input.gathered(kept.lazy.map { items[$0] }) }
        let values = kept.count == items.count ? output.column : output.column.gathered(kept)
        let bytes = copies.reduce(values.byteCount + kept.count * Self.bytesAnEntry) { $0 + $1.byteCount }
        state.withLock { state in
            if state.young.bytes + bytes > maximumBytes / 2 {
                state.old = state.young
                state.young = Generation()
            }
            // More than there is room for at all: not remembered.
            guard bytes <= maximumBytes / 2 else { return }
            let piece = Int32(state.young.pieces.count)
            state.young.pieces.append(Piece(inputs: copies, values: values))
            state.young.bytes += bytes
            for (place, index) in kept.enumerated() {
                state.young.places[hashes[index]] = Place(piece: piece, item: Int32(place))
            }
        }
    }
}

extension NodeMemo.State {
    fileprivate func place(
        of hash: ItemHash, isSame: (NodeMemo.Piece, Int) -> Bool
    ) -> (isOld: Bool, NodeMemo.Place, NodeMemo.Piece)? {
        for (isOld, generation) in [(false, young), (true, old)] {
            guard let place = generation.places[hash] else { continue }
            let piece = generation.pieces[Int(place.piece)]
            if isSame(piece, Int(place.item)) { return (isOld, place, piece) }
        }
        return nil
    }
}

extension NodeMemo.Found {
    /// The column of a batch: what was remembered, what was made, and nothing for the items that were not asked for.
    func merged(with made: NodeOutput, count: Int) -> NodeOutput {
        var picks = Array(repeating: Column.Pick.null, count: count)
        for (item, value) in hits { picks[item] = value }
        for (place, item) in missing.enumerated() { picks[item] = Column.Pick(column: values.count, item: place) }
        let sources = missing.isEmpty ? values : values + [made.column]
        let rejections = made.rejections.map { error in
            ItemError(item: missing[error.item], reason: error.reason, byte: error.byte)
        }
        return NodeOutput(
            Column.picked(picks, of: sources, type: made.column.type), rejections: rejections)
    }
}

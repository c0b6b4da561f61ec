internal import Foundation
internal import HearthRandom

/// Collapsed stacks of a large program that never ran, each once and in no order: what a flame graph of a busy month is made from.
/// A seed always gives the same.
package struct SyntheticStacks {
    /// Of all stacks.
    package let count: Int
    private let functionCount: Int
    private let names: [[UInt8]]
    /// Trie: the caller of each node, its function, how deep it is; node 0 is the root.
    private var parents: [UInt32] = [0]
    private var functions: [UInt32] = [0]
    private var depths: [UInt16] = [0]
    /// The node where each stack ends, in the order of lines.
    private var ends: [UInt32] = []
    private let seed: UInt64

    /// Distinct prefixes of stacks.
    package var nodeCount: Int { parents.count - 1 }
    package var meanDepth: Double {
        ends.reduce(0.0) { $0 + Double(depths[Int($1)]) } / Double(max(ends.count, 1))
    }

    /// - Parameters:
    ///   - count: of stacks.
    ///   - functions: of names, of 65 bytes on average.
    ///   - depth: frames of a stack, on average.
    package init(count: Int, functions functionCount: Int = 5_500, depth: Int = 28, seed: UInt64 = 1) {
        self.count = count
        self.functionCount = functionCount
        self.seed = seed
        var random = SeededGenerator(seed: seed)
        names = (0..<functionCount).map { Self.name($0, &random) }
        parents.reserveCapacity(count * 4)
        functions.reserveCapacity(count * 4)
        depths.reserveCapacity(count * 4)
        ends.reserveCapacity(count)
        // A stack goes along another one and then its own way, for three or four frames: a few to most share nearly all.
        while ends.count < count {
            let wanted = 2 + random.below(depth * 2 - 3)
            var own = 1 + random.below(3)
            while random.oneIn(3) { own += 1 + random.below(3) }
            // Another one that is long enough, if there is.
            var node = 0
            for _ in 0..<12 where Int(depths[node]) + own < wanted && !ends.isEmpty {
                let other = Int(ends[random.below(ends.count)])
                if depths[other] > depths[node] { node = other }
            }
            while Int(depths[node]) > max(wanted - own, 0) { node = Int(parents[node]) }
            for _ in 0..<max(1, min(wanted - Int(depths[node]), own)) { node = append(on: node, &random) }
            ends.append(UInt32(node))
        }
        ends.shuffle(using: &random)
    }

    private mutating func append(on caller: Int, _ random: inout SeededGenerator) -> Int {
        parents.append(UInt32(caller))
        // Siblings of one name would be one node: the number of the node keeps them apart, mostly.
        functions.append(UInt32((random.below(functionCount) + parents.count) % functionCount))
        depths.append(depths[caller] + 1)
        return parents.count - 1
    }

    private static func name(_ index: Int, _ random: inout SeededGenerator) -> [UInt8] {
        let words = ["Document", "Embedding", "Store", "Request", "Vector", "Batch", "Cache", "Field", "Graph", "Node"]
        var name = "Recommender.\(words[index % 10])"
        let length = 27 + random.below(30)
        while name.utf8.count < length { name += words.randomElement(using: &random) ?? "" }
        return Array((name + ".step\(index)(with:for:)").utf8)
    }

    /// Calls `body` with the lines of the file, some thousand bytes at a time. O(bytes).
    ///
    /// - Parameter variant: 0 for all stacks; others leave out one stack in twenty each, and have other values.
    package func forEachPiece(variant: Int = 0, _ body: ([UInt8]) throws -> Void) rethrows {
        var random = SeededGenerator(seed: seed &+ 1 &+ UInt64(variant))
        var piece: [UInt8] = []
        var path: [Int] = []
        for (line, end) in ends.enumerated() where variant == 0 || line % 20 != variant % 20 {
            path.removeAll(keepingCapacity: true)
            var node = Int(end)
            while node != 0 {
                path.append(node)
                node = Int(parents[node])
            }
            for (place, node) in path.reversed().enumerated() {
                if place > 0 { piece.append(UInt8(ascii: ";")) }
                piece.append(contentsOf: names[Int(functions[node])])
            }
            // Few stacks have most of the samples.
            let value = 1 + random.below(3) + (random.oneIn(50) ? random.below(1_000) : 0)
            piece.append(contentsOf: " \(value)\n".utf8)
            if piece.count > 1 << 18 {
                try body(piece)
                piece.removeAll(keepingCapacity: true)
            }
        }
        try body(piece)
    }
}

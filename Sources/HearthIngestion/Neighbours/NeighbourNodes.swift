internal import HearthGraph
internal import HearthRuntime

/// Vectors → points of few dimensions by seeded random signs: what is near stays near, more or less (Johnson and Lindenstrauss, 1984).
struct ProjectionNode: NodeBody {
    static let dimension = 4

    let inputs: [ColumnType]
    let output = ColumnType.vector(dimension: dimension)
    let traits = NodeTraits.itemwise
    /// By place in the vector: a sign for every dimension of the point.
    private let signs: [SIMD4<Float>]

    init(dimension: Int) {
        inputs = [.vector(dimension: dimension)]
        let scale = 1 / Float(Self.dimension).squareRoot()
        signs = (0..<dimension).map { place in
            let bits = StableHash.mix(UInt64(place), 0x70_726F_6A65_6374)
            return SIMD4((0..<4).map { bits >> UInt64($0) & 1 == 1 ? scale : -scale })
        }
    }

    func evaluate(_ input: borrowing NodeInput) throws -> NodeOutput {
        let vectors = try input.vectors()
        var points = VectorColumn(dimension: Self.dimension)
        points.reserve(items: vectors.count)
        for item in 0..<vectors.count {
            var point = SIMD4<Float>()
            for (value, signs) in zip(vectors[item], signs) { point += signs * value }
            points.append((0..<4).map { point[$0] })
        }
        return NodeOutput(.vector(points))
    }
}

/// Points → for each the nearest others of the batch.
struct NeighbourNode: NodeBody {
    let inputs: [ColumnType] = [.vector(dimension: ProjectionNode.dimension)]
    let output = ColumnType.record
    let search: NeighbourSearch
    /// Neighbours of each.
    let count: Int

    func evaluate(_ input: borrowing NodeInput) throws -> NodeOutput {
        let vectors = try input.vectors()
        var coordinates: [Float] = []
        coordinates.reserveCapacity(vectors.count * vectors.dimension)
        for item in 0..<vectors.count { coordinates.append(contentsOf: vectors[item]) }
        let nearest = try search.nearest(coordinates, dimension: vectors.dimension, count: count)
        return NodeOutput(.record(nearest.record(count: count)))
    }
}

extension NearestPoints {
    /// Columns `neighbour-1`, `neighbour-2` and so on, the nearest first; null where there are not so many.
    fileprivate func record(count: Int) -> RecordColumn {
        var columns: [String: Column] = [:]
        for rank in 0..<count {
            columns[Self.column(rank)] = .number(
                NumberColumn(found.map { rank < $0.count ? Double($0[rank].index) : nil }))
        }
        return RecordColumn(count: found.count, columns: columns)
    }

    static func column(_ rank: Int) -> String { "neighbour-\(rank + 1)" }
}

/// Neighbours → the store, with how similar they are; gives their number.
struct StoreNeighboursNode: NodeBody {
    let inputs: [ColumnType] = [.record]
    let output = ColumnType.number
    let store: DocumentStore
    /// By point: which document it is.
    let documents: [Int64]
    /// Neighbours of each.
    let count: Int

    func evaluate(_ input: borrowing NodeInput) throws -> NodeOutput {
        let record = try input.record()
        let ranks = try (0..<count).map { rank -> NumberColumn in
            guard case .number(let column)? = record[NearestPoints.column(rank)]?.content else {
                throw RuntimeError.wrongColumn(name: "neighbours", detail: "lack \(NearestPoints.column(rank))")
            }
            return column
        }
        let numbers = documents.indices.map { item in
            ranks.compactMap { $0[item].map { documents[Int($0)] } }
        }
        try store.replaceNeighbours(documents: documents, neighbours: numbers)
        return NodeOutput(.number(NumberColumn(numbers.map { Double($0.count) })))
    }
}

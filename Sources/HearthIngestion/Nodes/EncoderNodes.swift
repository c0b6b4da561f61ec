internal import HearthGraph
internal import HearthRuntime

/// A category → a unit vector of signs, drawn by its hash: equal categories are equal, others nearly at right angles.
struct CategoryNode: NodeBody {
    let inputs: [ColumnType] = [.text]
    let output: ColumnType
    let traits = NodeTraits.itemwise
    private let dimension: Int

    init(dimension: Int) {
        self.dimension = dimension
        output = .vector(dimension: dimension)
    }

    func evaluate(_ input: borrowing NodeInput) throws -> NodeOutput {
        let texts = try input.texts()
        let length = 1 / Float(dimension).squareRoot()
        var vectors = VectorColumn(dimension: dimension)
        for item in 0..<texts.count {
            guard let text = texts[item] else {
                vectors.append([])
                continue
            }
            let hash = StableHash.hash(text)
            vectors.append(
                (0..<dimension).map { place in
                    StableHash.mix(hash, UInt64(place)) & 1 == 1 ? length : -length
                })
        }
        return NodeOutput(.vector(vectors))
    }
}

/// A size → a unit vector of two, turned by its logarithm: sizes of one magnitude are near, whatever the magnitude.
struct MagnitudeNode: NodeBody {
    let inputs: [ColumnType] = [.number]
    let output = ColumnType.vector(dimension: 2)
    let traits = NodeTraits.itemwise
    /// The size at which the vector has made its quarter turn.
    let largest: Double

    func evaluate(_ input: borrowing NodeInput) throws -> NodeOutput {
        let numbers = try input.numbers()
        var vectors = VectorColumn(dimension: 2)
        for item in 0..<numbers.count {
            guard let number = numbers[item], number >= 0 else {
                vectors.append([])
                continue
            }
            vectors.append(Self.vector(number, largest: largest))
        }
        return NodeOutput(.vector(vectors))
    }

    /// The logarithm by bit pattern and a half circle by algebra: library functions differ in the last bit by machine.
    static func vector(_ number: Double, largest: Double) -> [Float] {
        let part = min(linearLogarithm(number + 1) / linearLogarithm(largest + 1), 1)
        let scale = 1 + part * part
        return [Float((1 - part * part) / scale), Float(2 * part / scale)]
    }

    /// Exponent plus linear mantissa: within 0.09 of the logarithm to base 2, and exact arithmetic.
    private static func linearLogarithm(_ number: Double) -> Double {
        guard number.isNormal, number >= 1 else { return 0 }
        return Double(number.exponent) + number.significand - 1
    }
}

/// Vectors side by side, each by its weight, brought to unit length together.
struct CombineNode: NodeBody {
    let inputs: [ColumnType]
    let output: ColumnType
    let traits = NodeTraits.itemwise
    private let weights: [Float]

    /// - Parameter parts: the dimension and weight of every input.
    init(_ parts: [(dimension: Int, weight: Float)]) {
        inputs = parts.map { .vector(dimension: $0.dimension) }
        output = .vector(dimension: parts.reduce(0) { $0 + $1.dimension })
        weights = parts.map(\.weight)
    }

    func evaluate(_ input: borrowing NodeInput) throws -> NodeOutput {
        let parts = try (0..<input.columnCount).map { try input.vectors($0) }
        let dimension = parts.reduce(0) { $0 + $1.dimension }
        var combined = VectorColumn(dimension: dimension)
        combined.reserve(items: input.count)
        for item in 0..<input.count { combined.append(Self.combine(parts.map { $0[item] }, weights: weights)) }
        return NodeOutput(.vector(combined))
    }

    static func combine(_ parts: [ColumnBuffer<Float>], weights: [Float]) -> [Float] {
        var vector: [Float] = []
        vector.reserveCapacity(parts.reduce(0) { $0 + $1.count })
        var square = 0.0
        for (part, weight) in zip(parts, weights) {
            for value in part {
                let weighted = value * weight
                square += Double(weighted) * Double(weighted)
                vector.append(weighted)
            }
        }
        guard square > 0 else { return vector }
        let scale = 1 / square.squareRoot()
        for place in vector.indices { vector[place] = Float(Double(vector[place]) * scale) }
        return vector
    }
}

/// All that a model has learnt, in the form that the forward pass wants it.
struct TransformerWeights: Sendable {
    struct Norm: Sendable {
        var scale: [SIMD8<Float>]
        var shift: [SIMD8<Float>]
    }

    struct Layer: Sendable {
        /// Query, key and value beside each other: one product in place of three.
        var queryKeyValue: Rows
        var queryKeyValueBias: [SIMD8<Float>]
        var attentionOutput: Rows
        var attentionOutputBias: [SIMD8<Float>]
        var attentionNorm: Norm
        var intermediate: Rows
        var intermediateBias: [SIMD8<Float>]
        var output: Rows
        var outputBias: [SIMD8<Float>]
        var outputNorm: Norm
    }

    let words: Rows
    /// What is added at a position: its own vector and that of the first type, since a text is all of one type.
    let positions: Rows
    let norm: Norm
    let layers: [Layer]

    /// Bytes of all values.
    let byteCount: Int

    /// - Throws: for a tensor that is not there or has another shape than the configuration says.
    init(_ file: Safetensors, of bytes: RawSpan, _ shape: TransformerConfiguration) throws(TransformerError) {
        var reader = TensorReader(file: file, prefix: Self.prefix(in: file), byteCount: 0)
        let (hidden, inner) = (shape.hiddenSize, shape.intermediateSize)
        words = Rows(
            try reader.values("embeddings.word_embeddings.weight", [shape.vocabularySize, hidden], bytes), width: hidden
        )
        var positions = try reader.values(
            "embeddings.position_embeddings.weight", [shape.maximumPositions, hidden], bytes)
        let types = try reader.values("embeddings.token_type_embeddings.weight", [shape.typeCount, hidden], bytes)
        for index in positions.indices { positions[index] += types[index % hidden] }
        self.positions = Rows(positions, width: hidden)
        norm = try reader.norm("embeddings", hidden, bytes)
        var layers: [Layer] = []
        for number in 0..<shape.layerCount {
            let layer = "encoder.layer.\(number)"
            let names = ["query", "key", "value"].map { "\(layer).attention.self.\($0)" }
            var matrices: [[Float]] = []
            var biases: [Float] = []
            for name in names {
                matrices.append(try reader.values("\(name).weight", [hidden, hidden], bytes))
                biases += try reader.values("\(name).bias", [hidden], bytes)
            }
            layers.append(
                Layer(
                    queryKeyValue: Rows(turning: matrices, inputs: hidden, outputs: hidden),
                    queryKeyValueBias: Rows(biases, width: biases.count).values,
                    attentionOutput: try reader.matrix("\(layer).attention.output.dense", hidden, hidden, bytes),
                    attentionOutputBias: try reader.vector("\(layer).attention.output.dense.bias", hidden, bytes),
                    attentionNorm: try reader.norm("\(layer).attention.output", hidden, bytes),
                    intermediate: try reader.matrix("\(layer).intermediate.dense", hidden, inner, bytes),
                    intermediateBias: try reader.vector("\(layer).intermediate.dense.bias", inner, bytes),
                    output: try reader.matrix("\(layer).output.dense", inner, hidden, bytes),
                    outputBias: try reader.vector("\(layer).output.dense.bias", hidden, bytes),
                    outputNorm: try reader.norm("\(layer).output", hidden, bytes)))
        }
        self.layers = layers
        byteCount = reader.byteCount
    }

    /// A model that was saved with a head on it has its tensors below `bert.`.
    private static func prefix(in file: Safetensors) -> String {
        file["embeddings.word_embeddings.weight"] == nil && file["bert.embeddings.word_embeddings.weight"] != nil
            ? "bert." : ""
    }
}

private struct TensorReader {
    let file: Safetensors
    let prefix: String
    var byteCount: Int

    mutating func values(_ name: String, _ shape: [Int], _ bytes: RawSpan) throws(TransformerError) -> [Float] {
        let values = try file.values(prefix + name, shape: shape, of: bytes)
        byteCount += values.count * MemoryLayout<Float>.size
        return values
    }

    mutating func vector(_ name: String, _ size: Int, _ bytes: RawSpan) throws(TransformerError) -> [SIMD8<Float>] {
        Rows(try values(name, [size], bytes), width: size).values
    }

    mutating func matrix(
        _ name: String, _ inputs: Int, _ outputs: Int, _ bytes: RawSpan
    ) throws(TransformerError) -> Rows {
        let matrix = try values("\(name).weight", [outputs, inputs], bytes)
        return Rows(turning: [matrix], inputs: inputs, outputs: outputs)
    }

    /// Old files call scale and shift gamma and beta.
    mutating func norm(
        _ name: String, _ size: Int, _ bytes: RawSpan
    ) throws(TransformerError) -> TransformerWeights.Norm {
        let layer = "\(name).LayerNorm"
        let isOld = file["\(prefix)\(layer).weight"] == nil && file["\(prefix)\(layer).gamma"] != nil
        return TransformerWeights.Norm(
            scale: try vector("\(layer).\(isOld ? "gamma" : "weight")", size, bytes),
            shift: try vector("\(layer).\(isOld ? "beta" : "bias")", size, bytes))
    }
}

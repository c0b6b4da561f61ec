/// One batch through the layers: texts end to end without padding between them, so that every product is one over all their
/// tokens; attention goes text by text.
///
/// Holds all that is written to, so that one model serves any number of passes at once.
struct ForwardPass {
    private let shape: TransformerConfiguration
    private let weights: TransformerWeights
    /// Where each text stands among the rows.
    private let texts: [Range<Int>]
    /// Rows that stand for a token. Behind them are rows of zeros, see ``MatrixProduct/rowMultiple``.
    private let count: Int
    private var hidden: Rows
    private var queryKeyValue: Rows
    private var context: Rows
    private var projected: Rows
    private var inner: Rows
    private var scores: [SIMD8<Float>]

    /// - Parameter tokens: of every text one or more, each below the size of the vocabulary.
    init(_ tokens: [ArraySlice<Int32>], _ shape: TransformerConfiguration, _ weights: TransformerWeights) {
        self.shape = shape
        self.weights = weights
        var texts: [Range<Int>] = []
        var count = 0
        for text in tokens {
            texts.append(count..<count + text.count)
            count += text.count
        }
        self.texts = texts
        self.count = count
        let rows = (count + MatrixProduct.rowMultiple - 1) / MatrixProduct.rowMultiple * MatrixProduct.rowMultiple
        hidden = Rows(count: rows, width: shape.hiddenSize)
        queryKeyValue = Rows(count: rows, width: 3 * shape.hiddenSize)
        context = Rows(count: rows, width: shape.hiddenSize)
        projected = Rows(count: rows, width: shape.hiddenSize)
        inner = Rows(count: rows, width: shape.intermediateSize)
        let longest = texts.map(\.count).max() ?? 0
        scores = Array(repeating: SIMD8(), count: longest * ((longest + 7) / 8))
        embed(tokens)
    }

    /// The mean of a text's rows at unit length, text by text.
    mutating func run() -> [Float] {
        for layer in weights.layers {
            MatrixProduct.multiply(hidden, layer.queryKeyValue, into: &queryKeyValue)
            add(layer.queryKeyValueBias, to: &queryKeyValue)
            for text in texts { attend(text) }
            MatrixProduct.multiply(context, layer.attentionOutput, into: &projected)
            addAndNormalize(layer.attentionOutputBias, layer.attentionNorm)
            MatrixProduct.multiply(hidden, layer.intermediate, into: &inner)
            activate(layer.intermediateBias)
            MatrixProduct.multiply(inner, layer.output, into: &projected)
            addAndNormalize(layer.outputBias, layer.outputNorm)
        }
        return pooled()
    }

    // MARK: Steps

    private mutating func embed(_ tokens: [ArraySlice<Int32>]) {
        let lanes = hidden.lanes
        var row = 0
        for text in tokens {
            for (position, token) in text.enumerated() {
                for lane in 0..<lanes {
                    hidden.values[row * lanes + lane] =
                        weights.words.values[Int(token) * lanes + lane]
                        + weights.positions.values[position * lanes + lane]
                }
                normalize(row, weights.norm)
                row += 1
            }
        }
    }

    private func add(_ bias: [SIMD8<Float>], to rows: inout Rows) {
        let lanes = rows.lanes
        for row in 0..<count {
            for lane in 0..<lanes { rows.values[row * lanes + lane] += bias[lane] }
        }
    }

    /// Attention of a text's tokens to each other, head by head.
    private mutating func attend(_ text: Range<Int>) {
        let hiddenSize = shape.hiddenSize
        let head = hiddenSize / shape.headCount
        let length = text.count
        let lanes = (length + 7) / 8
        let scale = 1 / Float(head).squareRoot()
        let row = text.lowerBound * 3 * hiddenSize
        for number in 0..<shape.headCount {
            let query = MatrixProduct.Block(offset: row + number * head, stride: 3 * hiddenSize)
            let key = MatrixProduct.Block(offset: query.offset + hiddenSize, stride: 3 * hiddenSize)
            let value = MatrixProduct.Block(offset: key.offset + hiddenSize, stride: 3 * hiddenSize)
            let score = MatrixProduct.Block(offset: 0, stride: lanes * 8)
            MatrixProduct.multiply(
                queryKeyValue.values, query, queryKeyValue.values, key, turnsRight: true, scale: scale, rows: length,
                columns: length, depth: head, into: &scores, score)
            for row in 0..<length { softmax(row, length: length, lanes: lanes) }
            MatrixProduct.multiply(
                scores, score, queryKeyValue.values, value, rows: length, columns: head, depth: length,
                into: &context.values,
                MatrixProduct.Block(offset: text.lowerBound * hiddenSize + number * head, stride: hiddenSize))
        }
    }

    /// A row of scores → shares that make one together; the places behind the last token get none.
    private mutating func softmax(_ row: Int, length: Int, lanes: Int) {
        let first = row * lanes
        let last = first + lanes - 1
        for lane in length - (lanes - 1) * 8..<8 { scores[last][lane] = -.infinity }
        var most = scores[first]
        for place in first..<first + lanes {
            most.replace(with: scores[place], where: scores[place] .> most)
        }
        let top = SIMD8<Float>(repeating: most.max())
        var sum = SIMD8<Float>()
        for place in first..<first + lanes {
            let value = VectorMath.exp(scores[place] - top)
            scores[place] = value
            sum += value
        }
        let share = 1 / sum.sum()
        for place in first..<first + lanes { scores[place] *= share }
    }

    private mutating func activate(_ bias: [SIMD8<Float>]) {
        let lanes = inner.lanes
        for row in 0..<count {
            for lane in 0..<lanes {
                let place = row * lanes + lane
                inner.values[place] = VectorMath.gelu(inner.values[place] + bias[lane])
            }
        }
    }

    /// hidden ← norm(hidden + projected + bias).
    private mutating func addAndNormalize(_ bias: [SIMD8<Float>], _ norm: TransformerWeights.Norm) {
        let lanes = hidden.lanes
        for row in 0..<count {
            for lane in 0..<lanes {
                hidden.values[row * lanes + lane] += projected.values[row * lanes + lane] + bias[lane]
            }
            normalize(row, norm)
        }
    }

    /// A row of `hidden` to mean 0 and variance 1, then scaled and shifted.
    private mutating func normalize(_ row: Int, _ norm: TransformerWeights.Norm) {
        let lanes = hidden.lanes
        let places = row * lanes..<(row + 1) * lanes
        let share = 1 / Float(hidden.width)
        var sum = SIMD8<Float>()
        for place in places { sum += hidden.values[place] }
        let mean = SIMD8<Float>(repeating: sum.sum() * share)
        var squares = SIMD8<Float>()
        for place in places {
            let distance = hidden.values[place] - mean
            squares += distance * distance
        }
        let factor = 1 / (squares.sum() * share + shape.layerNormEpsilon).squareRoot()
        for lane in 0..<lanes {
            let place = places.lowerBound + lane
            hidden.values[place] = (hidden.values[place] - mean) * factor * norm.scale[lane] + norm.shift[lane]
        }
    }

    private func pooled() -> [Float] {
        let lanes = hidden.lanes
        var vectors: [Float] = []
        vectors.reserveCapacity(texts.count * hidden.width)
        var mean = Array(repeating: SIMD8<Float>(), count: lanes)
        for text in texts {
            for lane in 0..<lanes { mean[lane] = SIMD8() }
            for row in text {
                for lane in 0..<lanes { mean[lane] += hidden.values[row * lanes + lane] }
            }
            let square = mean.reduce(into: SIMD8<Float>()) { $0 += $1 * $1 }.sum()
            // The mean's own length does not matter any more, and so neither does the number of rows.
            let scale = square > 0 ? 1 / square.squareRoot() : 0
            for lane in 0..<lanes {
                let unit = mean[lane] * scale
                for step in 0..<8 { vectors.append(unit[step]) }
            }
        }
        return vectors
    }
}

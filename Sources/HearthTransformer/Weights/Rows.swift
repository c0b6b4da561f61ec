/// Rows of floats of one width, in vectors of eight: what passes between layers, and what weights are.
struct Rows: Sendable {
    /// Floats of a row; a multiple of eight.
    let width: Int
    var values: [SIMD8<Float>]

    /// Vectors of a row.
    var lanes: Int { width / 8 }
    var count: Int { values.count / max(lanes, 1) }

    /// Rows of zeros.
    init(count: Int, width: Int) {
        precondition(width > 0 && width % 8 == 0, "rows are whole vectors of eight")
        self.width = width
        values = Array(repeating: SIMD8(), count: count * (width / 8))
    }

    /// - Parameter floats: row by row.
    init(_ floats: [Float], width: Int) {
        precondition(width > 0 && width % 8 == 0 && floats.count % width == 0)
        self.width = width
        values = (0..<floats.count / 8).map { index in
            var vector = SIMD8<Float>()
            for lane in 0..<8 { vector[lane] = floats[index * 8 + lane] }
            return vector
        }
    }

    /// Matrices of one input width next to each other, each turned so that an input's row leads to all outputs.
    ///
    /// OpenBLAS adds up a product with a matrix that need not be turned in the same order whatever the number of rows; with
    /// a turned one it has kernels for few rows that do not.
    ///
    /// - Parameter matrices: each row by row, a row an output.
    init(turning matrices: [[Float]], inputs: Int, outputs: Int) {
        precondition(matrices.allSatisfy { $0.count == inputs * outputs })
        self.init(count: inputs, width: outputs * matrices.count)
        for (place, matrix) in matrices.enumerated() {
            let first = place * outputs
            for input in 0..<inputs {
                for lane in 0..<outputs / 8 {
                    var vector = SIMD8<Float>()
                    for step in 0..<8 { vector[step] = matrix[(lane * 8 + step) * inputs + input] }
                    values[input * lanes + first / 8 + lane] = vector
                }
            }
        }
    }
}

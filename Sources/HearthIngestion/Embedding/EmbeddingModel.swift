public import HearthRuntime

/// Turns texts to vectors of unit length, so that near texts have near vectors.
///
/// The same text gives the same vector in every run and in every batch; how exactly, and whether also on every machine, is the
/// model's to say.
public protocol EmbeddingModel: Model {
    /// What was used to make a vector; two models with one fingerprint give the same vectors.
    var fingerprint: String { get }
    var dimension: Int { get }

    /// One vector a text; a null or a text without anything to go by gives zeros.
    func embed(_ texts: BytesColumn) throws -> VectorColumn
}

extension EmbeddingModel {
    /// The vectors of a column of texts.
    public func evaluate(_ values: Column) async throws -> NodeOutput {
        guard case .text(let texts) = values.content else {
            throw RuntimeError.wrongColumn(name: fingerprint, detail: "takes texts and was given \(values.type)")
        }
        return NodeOutput(.vector(try embed(texts)))
    }
}

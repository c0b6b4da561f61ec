internal import HearthIngestion
internal import HearthTerminal
internal import HearthTransformer

extension IngestCommand {
    /// The model of that name, looked for; says so where the matrix library makes less of the processor than there is.
    static func resolved(_ name: EmbedderName) throws(CommandFailure) -> Embedder {
        do throws(TransformerError) {
            let embedder = try name.resolved()
            if case .transformer = embedder, let advice = MatrixLibrary.advice { say(CommandFailure(advice)) }
            return embedder
        } catch {
            throw CommandFailure(
                error.description,
                hint: "--embedder transformer:DIR takes a folder with config.json, model.safetensors and vocab.txt")
        }
    }
}

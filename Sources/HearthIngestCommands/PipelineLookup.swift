internal import HearthFiles
internal import HearthIngestion
internal import HearthTerminal

extension IngestCommand {
    /// The pipeline of a file, or of packages without one, with the model of that name.
    static func pipeline(_ file: String?, embedder: EmbedderName) throws(CommandFailure) -> DocumentPipeline {
        let description = try file.map(description) ?? .packages
        return DocumentPipeline(embedder: try resolved(embedder), description: description)
    }

    private static func description(_ file: String) throws(CommandFailure) -> PipelineDescription {
        do {
            return try PipelineDescription(json: try readFile(file), path: file)
        } catch let error as FileError {
            throw CommandFailure(
                error.description, hint: "--pipeline takes a file as hearth-ingest plan -o pipeline.json writes one")
        } catch {
            throw CommandFailure("\(error)")
        }
    }
}

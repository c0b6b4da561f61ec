internal import ArgumentParser
internal import HearthFiles
internal import HearthGraph
internal import HearthIngestion
internal import HearthTerminal

struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Shows how the pipeline will run: order, what meets, how long columns live.",
        discussion: """
            Without -o it is printed as text: a line a node, with what it reads and what is let go after it; ↳ is a node that \
            runs inline after the one before. With -o the ending of the file says what it becomes: .svg a picture, .dot a \
            graph for Graphviz, .txt the text, .json the pipeline as a file for --pipeline.

            Examples:
              hearth-ingest plan
              hearth-ingest plan -o plan.svg
              hearth-ingest plan -o pipeline.json
              hearth-ingest plan --embedder transformer:all-MiniLM-L6-v2
            """)

    @Option(help: "Fields, encoders and weights, a JSON file as plan -o pipeline.json writes one.")
    var pipeline: String?

    @Option(help: "What turns texts to vectors: hashed, or transformer:DIR with a folder of the BERT family.")
    var embedder: EmbedderName = .hashed

    @Option(name: [.short, .customLong("output")], help: "A file: .svg, .dot, .txt or .json.")
    var output: String?

    func validate() throws {
        guard let output else { return }
        if !["svg", "dot", "txt", "json"].contains(where: { output.hasSuffix(".\($0)") }) {
            throw ValidationError("-o must name a file that ends in .svg, .dot, .txt or .json, not '\(output)'")
        }
    }

    func run() throws {
        let chosen = try IngestCommand.pipeline(pipeline, embedder: embedder)
        let plan = try chosen.plan()
        guard let output else { return try Output.write(plan.description + "\n") }
        let text =
            if output.hasSuffix(".svg") {
                plan.svg(title: "hearth-ingest: how documents go through the pipeline")
            } else if output.hasSuffix(".dot") {
                plan.dot
            } else if output.hasSuffix(".json") {
                String(decoding: chosen.description.json, as: UTF8.self)
            } else {
                plan.description + "\n"
            }
        do throws(FileError) {
            try AtomicFile.write(text.utf8, to: output)
        } catch {
            throw CommandFailure(error.description, hint: "name a file in a folder that is there and can be written")
        }
    }
}

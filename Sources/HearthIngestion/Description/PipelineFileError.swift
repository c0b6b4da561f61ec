/// What is wrong with a pipeline's file, in one line that says what to do.
public struct PipelineFileError: Error, Hashable, Sendable, CustomStringConvertible {
    public let path: String
    /// From 1.
    public let line: Int
    /// As in `fields.size.type`, or `vector[2].weight`; empty for the whole.
    public let key: String
    public let problem: String

    public var description: String { "\(path), line \(line)\(key.isEmpty ? "" : ", \(key)"): \(problem)" }
}

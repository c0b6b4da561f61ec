public import HearthGraph

/// What several nodes may want of one thing that is dear to load and dear to call: an embedding model, a tokenizer, a table.
///
/// Called from any task, and several times at once.
public protocol Model: Sendable {
    /// Memory that it takes while it is loaded, for the registry's bound.
    var byteCount: Int { get }

    /// A value for every item, which follows from that item alone: the same whatever comes with it.
    ///
    /// What is wrong with one item goes into ``NodeOutput/rejections``. An error thrown here fails the run.
    func evaluate(_ values: Column) async throws -> NodeOutput
}

/// A model by its name, and how to load it: what nodes hold in place of the model.
public struct ModelReference: Sendable {
    /// Two references of one name stand for one model.
    public let name: String
    public let input: ColumnType
    public let output: ColumnType
    let load: @Sendable () async throws -> any Model

    public init(
        _ name: String, input: ColumnType, output: ColumnType, load: @escaping @Sendable () async throws -> any Model
    ) {
        self.name = name
        self.input = input
        self.output = output
        self.load = load
    }
}

internal import HearthGraph

/// Values that items ask of one model, one by one, held for a moment and asked together.
final class ModelCoalescer: Sendable {
}
extension RunCore {
    func coalesced(_ model: ModelReference, _ step: Int, _ column: Column, _ frame: BatchFrame) async throws
        -> NodeOutput
    {
        try await call(model, for: [step], with: column, frame)
    }
}

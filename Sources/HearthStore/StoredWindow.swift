public import HearthProfile

/// What a store says of a window without reading its samples.
public struct StoredWindow: Hashable, Sendable {
    public var process: StoredProcess
    /// Tells runs of one service apart even where their labels are equal.
    public var run: UInt64
    /// Goes up with every window of a run, whatever its clock says; one that was lost leaves a gap.
    public var sequence: UInt64
    /// Nanoseconds since 1970 by the clock of the process, and the length in nanoseconds.
    public var startTime: Int64
    public var duration: Int64
    public var sampleTypes: [ValueType]
    /// The sum of each sample type over the rows that were asked for.
    public var totals: [Int64]
    /// What the process said that it has done in this window: requests, documents, ….
    public var workUnits: Int64?

    /// The sum of the samples of this type; 0 without it.
    public func total(ofType name: String) -> Int64 {
        sampleTypes.firstIndex { $0.type == name }.map { totals[$0] } ?? 0
    }
}

internal import HearthProfile

/// What one iteration took: figures of a run, the mean of all that were sampled.
struct ReplayFigures: Codable, Hashable {
    var documents: Int
    /// Sampled ones.
    var runs: Int
    var samples: Int64
    /// Of a run.
    var wallSeconds: Double
    var cpuSeconds: Double
    /// The most memory that the process had in its first run.
    var peakBytes: Int
    /// Of a run.
    var modelCalls: Int
    var modelValues: Int
    var modelLoads: Int
}

/// What of a profile has to do with some functions.
struct ReplayShare: Codable, Hashable {
    /// Of all CPU time, 0 to 1.
    var share: Double
    /// Among the functions that do not stand in most of their stacks, by what they cost with all that they call; 1 is the
    /// costliest. Nil where these have no samples.
    var rank: Int?
}

/// What the noise of a difference was measured from.
struct ReplayNoise: Codable, Hashable {
    /// `runs` where both sides have several.
    var kind: String
    /// How many of them each side has.
    var base: Int
    var new: Int
    /// `noise from 5 and 7 runs`.
    var description: String

    init(_ evidence: DiffEvidence) {
        kind = evidence.kind.rawValue
        base = evidence.base
        new = evidence.new
        description = evidence.description
    }
}

/// An iteration beside the one that it changes.
struct ReplayRow: Codable, Hashable {
    var name: String
    var title: String
    var change: String
    var options: [String: String]
    /// What the change takes away, by parts of the names of functions.
    var removes: [String]
    var figures: ReplayFigures
    /// What it is compared with; nil for the first.
    var base: ReplayFigures?
    /// What the change takes away, in the profile before it and after it.
    var before: ReplayShare?
    var after: ReplayShare?
    /// Of the difference to what it is compared with.
    var noise: ReplayNoise?
    /// How many times less CPU time a run takes than before.
    var speedup: Double?
}

/// The whole story; `replay.json` is this.
struct ReplayStory: Codable, Hashable {
    var input: String
    var embedder: String
    var documents: Int
    var largeDocuments: Int
    var rows: [ReplayRow]
    /// Wall time of a run of iteration 0 over that of iteration 6.
    var ratio: Double
    /// The same in CPU time.
    var cpuRatio: Double
    /// How far apart numbers of vectors may be to count as the same.
    var tolerance: Float
}

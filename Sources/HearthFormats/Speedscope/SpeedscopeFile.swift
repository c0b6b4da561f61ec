/// speedscope's JSON as far as Hearth reads and writes it.
struct SpeedscopeFile: Codable {
    static let schemaAddress = "https://www.speedscope.app/file-format-schema.json"

    var schema: String?
    var shared: Shared
    var profiles: [SampledProfile]
    var name: String?
    var activeProfileIndex: Int?
    var exporter: String?

    enum CodingKeys: String, CodingKey {
        case schema = "$schema"
        case shared, profiles, name, activeProfileIndex, exporter
    }

    struct Shared: Codable {
        var frames: [FrameEntry]
    }

    struct FrameEntry: Codable, Hashable {
        var name: String
        var file: String?
        var line: Double?
        var col: Double?
    }

    /// `sampled`: stacks with weights. `evented` profiles have events in their place.
    struct SampledProfile: Codable {
        var type: String
        var name: String
        var unit: String
        var startValue: Double
        var endValue: Double
        /// Indexes into the shared frames, root first.
        var samples: [[Int]]?
        var weights: [Double]?
        var events: [Event]?
    }

    /// A frame is entered (`O`) or left (`C`) at a time.
    struct Event: Codable {
        var type: String
        var at: Double
        var frame: Int
    }
}

/// speedscope's units beside Hearth's.
enum SpeedscopeUnit {
    /// What speedscope calls a unit; `none` for what it does not know.
    static func name(of unit: String) -> String {
        switch unit {
        case "nanoseconds", "microseconds", "milliseconds", "seconds", "bytes": unit
        default: "none"
        }
    }

    /// Hearth's unit, and how many of it speedscope's is: times are kept in nanoseconds.
    static func unit(of name: String) -> (unit: String, factor: Double) {
        switch name {
        case "nanoseconds": ("nanoseconds", 1)
        case "microseconds": ("nanoseconds", 1e3)
        case "milliseconds": ("nanoseconds", 1e6)
        case "seconds": ("nanoseconds", 1e9)
        case "bytes": ("bytes", 1)
        default: ("count", 1)
        }
    }
}

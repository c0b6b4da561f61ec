internal import HearthProfile

/// speedscope's units beside Hearth's, and the one member that Hearth adds to its profiles.
enum SpeedscopeConventions {
    static let schemaAddress = "https://www.speedscope.app/file-format-schema.json"
    static let exporter = "hearth"

    /// What a profile of the file is in Hearth's terms: sample type and unit, which speedscope does not know all of, and the
    /// label that the samples were split by. Other tools carry it along or leave it unread, as the schema lets them.
    static let ownMember = "hearth"

    /// What speedscope calls a unit; `none` for what it does not know.
    static func name(of unit: String) -> String {
        switch unit {
        case "nanoseconds", "microseconds", "milliseconds", "seconds", "bytes": unit
        default: "none"
        }
    }

    /// Hearth's unit, and how many of it speedscope's is: times are kept in nanoseconds.
    static func unit(of name: String) -> (unit: String, factor: Int64) {
        switch name {
        case "nanoseconds": ("nanoseconds", 1)
        case "microseconds": ("nanoseconds", 1_000)
        case "milliseconds": ("nanoseconds", 1_000_000)
        case "seconds": ("nanoseconds", 1_000_000_000)
        case "bytes": ("bytes", 1)
        default: ("count", 1)
        }
    }

    /// The sample type of a profile that does not say.
    static func type(ofUnit name: String) -> ValueType {
        let unit = unit(of: name).unit
        return switch unit {
        case "nanoseconds": ValueType(type: "time", unit: unit)
        case "bytes": ValueType(type: "space", unit: unit)
        default: .samples
        }
    }
}

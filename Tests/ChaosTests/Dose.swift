import Foundation

/// How long the chaos lasts: in CI a minute or so, in the long form (`Tools/chaos`) as many minutes as are asked for.
enum Dose {
    /// Minutes of the long form; nil in the short one.
    static let minutes = ProcessInfo.processInfo.environment["HEARTH_CHAOS_MINUTES"].flatMap { Int($0) }

    static let isLong = minutes != nil

    /// How many times as long as in the short form, which takes about a minute.
    static let factor = max(1, minutes ?? 1)
}

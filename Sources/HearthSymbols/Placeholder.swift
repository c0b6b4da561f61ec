public import HearthProfile

public final class Symbolizer: Sendable {
    public init() {}
    public func symbolize(_ profile: Profile) -> Profile { profile }
}

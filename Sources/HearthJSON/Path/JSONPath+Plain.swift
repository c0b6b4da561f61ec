extension JSONPath {
    /// A step of a path that is names and `[*]` alone.
    package enum PlainStep: Hashable, Sendable {
        case member(String)
        case each
    }

    /// The steps of such a path; nil for any other query.
    package var plainSteps: [PlainStep]? {
        var steps: [PlainStep] = []
        for segment in query.segments {
            guard !segment.isDescendant, segment.selectors.count == 1 else { return nil }
            switch segment.selectors[0] {
            case .name(let name): steps.append(.member(name))
            case .wildcard: steps.append(.each)
            default: return nil
            }
        }
        return steps
    }
}

internal import CHearthSampler

/// The number of the label set in force. A task-local value: child tasks inherit it, and it stays right over
/// suspensions and thread hops. The handler finds it by the address of this object.
enum CurrentLabels {
    @TaskLocal static var identifier: UInt64 = 0

    /// `inner` bound inside what is in force now.
    static func joined(with inner: UInt64) -> UInt64 {
        let outer = identifier
        if outer == 0 || outer == inner { return inner }
        let known = hearth_labels_joined(outer, inner)
        if known != 0 { return known }
        let joined = LabelRegistry.join(outer, inner)
        hearth_labels_remember_join(outer, inner, joined)
        return joined
    }
}

/// Runs `body`; samples taken in it carry `labels` besides those of the scopes around it, the inner value where a key
/// is bound twice. While nothing is sampled this is a call and a load.
@inlinable
public func withProfilingLabels<R, E: Error>(_ labels: ProfilingLabels, _ body: () throws(E) -> R) throws(E) -> R {
    guard isSampling else { return try body() }
    return try bindLabels(labels, body)
}

/// Runs `body`, on the caller's actor; samples taken in it and in the child tasks it starts carry `labels` besides those
/// of the scopes around it, also after a suspension and on another thread. While nothing is sampled this is a call and
/// a load.
@inlinable
public nonisolated(nonsending) func withProfilingLabels<R, E: Error>(
    _ labels: ProfilingLabels, _ body: nonisolated(nonsending) () async throws(E) -> R
) async throws(E) -> R {
    guard isSampling else { return try await body() }
    return try await bindLabels(labels, body)
}

@usableFromInline
var isSampling: Bool { hearth_is_running() }

@usableFromInline
func bindLabels<R, E: Error>(_ labels: ProfilingLabels, _ body: () throws(E) -> R) throws(E) -> R {
    // TaskLocal's scope rethrows without a type: the result carries the typed error through it.
    let result = CurrentLabels.$identifier.withValue(CurrentLabels.joined(with: labels.identifier)) {
        Result { () throws(E) -> R in try body() }
    }
    return try result.get()
}

@usableFromInline
nonisolated(nonsending) func bindLabels<R, E: Error>(
    _ labels: ProfilingLabels, _ body: nonisolated(nonsending) () async throws(E) -> R
) async throws(E) -> R {
    let joined = CurrentLabels.joined(with: labels.identifier)
    do {
        return try await CurrentLabels.$identifier.withValue(joined) { try await body() }
    } catch {
        throw error as! E
    }
}

internal import Foundation
internal import HearthFormats
internal import HearthProfile
internal import SwiftProtobuf

/// A window as the bodies of the requests that push it, one series each.
struct PushRequests {
    private(set) var bodies: [[UInt8]] = []
    /// Labels beyond the receiver's limit that were left out.
    private(set) var labelsLeftOut = 0

    /// O(samples).
    ///
    /// - Parameter labels: of the settings; they win over the window's own.
    init(_ window: ProfileWindow, labels: [String: String], limits: PieceLimits = PieceLimits()) throws {
        let process = window.process.merging(labels) { $1 }
        for (kind, profile) in window.profile.hidingThunks().byKind() {
            let series = SeriesLabels(kind: kind, process: process, sampleKeys: profile.textLabelKeys)
            labelsLeftOut += series.leftOut
            let pairs = series.labels.map { label in
                var pair = Hearth_Push_LabelPair()
                pair.name = label.name
                pair.value = label.value
                return pair
            }
            for piece in try profile.renamingTextLabels(series.sampleLabels).pieces(limits) {
                var sample = Hearth_Push_RawSample()
                sample.rawProfile = Data(piece)
                sample.id = Self.identifier()
                var written = Hearth_Push_RawProfileSeries()
                written.labels = pairs
                written.samples = [sample]
                var request = Hearth_Push_PushRequest()
                request.series = [written]
                bodies.append(try request.serializedBytes())
            }
        }
    }

    /// A random UUID, as text in lower case: it stays the same when the request is tried again.
    private static func identifier() -> String { UUID().uuidString.lowercased() }
}

internal import HearthProfile

/// How Hearth says in pprof's terms what pprof has no field for. Other tools show all of it sensibly and keep it when
/// they merge: text in comments, the rest in places that they carry along unread.
enum PprofConventions {
    /// A sample's time block: a numeric label with a unit, since Go's reader drops labels whose fields are all 0.
    static let blockLabel = "hearth_block"
    static let blockUnit = "index"
    /// Comments: `hearth block-duration: 1000000000`, and everything in `Profile.attributes` as `key: value`.
    static let blockDuration = "hearth block-duration"
    /// A comment a mapping whose bias does not follow from start and offset: `hearth image-bias: 0x7f12 0x7f00`, by
    /// start since ids change when profiles are merged.
    static let imageBias = "hearth image-bias"
    static let separator = ": "
    /// Comments that are not `key: value` are kept under this key, one a line.
    static let freeComment = "comment"

    /// The file name of a function that is none, for frames of these kinds, and of a thunk, whose source the compiler made:
    /// `pprof -hide hearth:.*thunk` works.
    static func fileName(_ frame: Frame) -> String? {
        switch (frame.kind, frame.thunk) {
        case (.label, _): "hearth:label"
        case (.marker, _): "hearth:marker"
        case (_, .bare): "hearth:thunk"
        case (_, .namesake): "hearth:namesake-thunk"
        case (.function, nil), (.inlined, nil): nil
        }
    }

    /// The one function of samples without any frame, which Go's reader would drop otherwise.
    static let noStack = "[no stack]"
    static let noStackFile = "hearth:no-stack"

    /// The kind that a file name stands for; nil for those of functions.
    static func kind(fileName: String) -> Frame.Kind? {
        [.label, .marker].first { self.fileName(Frame(name: .empty, kind: $0)) == fileName }
    }

    /// The thunk that a file name stands for; nil for real files.
    static func thunk(fileName: String) -> Frame.Thunk? {
        [.bare, .namesake].first { self.fileName(Frame(name: .empty, thunk: $0)) == fileName }
    }

    /// The bias that holds for most files: what is mapped at an offset has that same address in the file.
    static func usualBias(start: UInt64, fileOffset: UInt64) -> UInt64 { start &- fileOffset }
}

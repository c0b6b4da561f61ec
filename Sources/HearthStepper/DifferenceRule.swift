import CHearthStepper

/// Why a walk may differ at an address: the only reasons that pass.
struct DifferenceRule: Sendable {
    var name: String
    /// Whose walk is the wrong one, as the witness shows.
    var wrong: hearth_step_event
    var sentence: String
    var holds: @Sendable (StepDifference) -> Bool

    static let all: [DifferenceRule] = []
}

/// One way in which one address differed.
struct StepDifference {
    var events: UInt32
    var count: UInt64
    var address: UInt64
    var function: String
    var code: [UInt8]
    var witness: [UInt64]
    var hybrid: [UInt64]
    var libunwind: [UInt64]

    init(_ record: UnsafePointer<hearth_step_record>, _ names: CodeNames) {
        func chain(_ which: hearth_step_chain) -> [UInt64] {
            let count = unsafe [record.pointee.counts.0, record.pointee.counts.1, record.pointee.counts.2]
            return (0..<count[Int(which.rawValue)]).map { unsafe hearth_step_frame(record, which, $0) }
        }
        events = unsafe record.pointee.events
        count = unsafe record.pointee.count
        address = unsafe record.pointee.pc
        function = names.name(at: address)
        code = unsafe withUnsafeBytes(of: record.pointee.code) { unsafe Array($0) }
        witness = chain(hearth_step_witness)
        hybrid = chain(hearth_step_hybrid)
        libunwind = chain(hearth_step_libunwind)
    }

    func has(_ event: hearth_step_event) -> Bool { events & event.rawValue != 0 }
}

import CHearthSampler
import CHearthStepper
import HearthObjectFiles
import HearthProfile
import HearthSampling

/// Why a walk may differ at an address: the only reasons that pass.
struct DifferenceRule: Sendable {
    var name: String
    /// Whose walks are wrong, as the witness shows.
    var wrong: UInt32
    var sentence: String
    var holds: @Sendable (StepDifference) -> Bool

    private static let both = hearth_step_hybrid_differs.rawValue | hearth_step_libunwind_differs.rawValue
    private static let libunwind = hearth_step_libunwind_differs.rawValue

    static let all: [DifferenceRule] = [
        DifferenceRule(
            name: "no unwind table", wrong: both,
            sentence: """
                A function for which the compiler wrote no unwind table and whose code could not be followed, before its frame \
                is set up or after it is gone: one caller is left out.
                """
        ) { difference in
            difference.row == nil && difference.hybrid == difference.libunwind
                && difference.hybrid.dropFirst() == difference.witness.dropFirst(2)
        },
        DifferenceRule(
            name: "pushes not told", wrong: both,
            sentence: """
                Arithmetic of glibc's in assembly that pushes registers without a word in its unwind table.
                """
        ) { difference in
            ["__mpn_addmul_1", "__mpn_submul_1"].contains(difference.function)
        },
        DifferenceRule(
            name: "jump under way", wrong: both,
            sentence: """
                longjmp has read where to go on, and its unwind table gives that for its caller: both are true.
                """
        ) { difference in
            difference.function == "__longjmp"
                // Where it goes on is a caller, or was one.
                && difference.witness.suffix(difference.hybrid.count - 2) == difference.hybrid.dropFirst(2)
        },
        DifferenceRule(
            name: "landing under way", wrong: both,
            sentence: """
                The unwinder of exceptions has put the landing pad's address where its own return address was.
                """
        ) { difference in
            guard difference.library.hasPrefix("libgcc_s") else { return false }
            let agreed = zip(difference.hybrid, difference.witness).prefix { $0 == $1 }.count
            // At its last instruction, jmp *%rcx, the stack pointer is the landing function's, which no call has left.
            if difference.code.starts(with: [0xFF, 0xE1]) { return true }
            return agreed < difference.hybrid.count
                && difference.witnessFunctions[agreed...].contains(difference.hybridFunctions[agreed])
        },
        DifferenceRule(
            name: "moved return address", wrong: both,
            sentence: """
                An async function that has made room for the arguments of its tail call, and moved its return address \
                there, which its unwind table does not tell. Its logical callers are right.
                """
        ) { difference in
            difference.makesRoomForTailCall
        },
        DifferenceRule(
            name: "libunwind: no unwind table", wrong: libunwind,
            sentence: """
                A function for which the compiler wrote no unwind table: its code was read for one.
                """
        ) { difference in
            difference.row == nil
        },
        DifferenceRule(
            name: "libunwind: realigned stack", wrong: libunwind,
            sentence: """
                Where GCC realigns a stack its table tells of the saved rbp one instruction before it is set, and still when \
                it is the caller's again.
                """
        ) { difference in
            if case .otherRegister? = difference.row?.special { true } else { false }
        },
        DifferenceRule(
            name: "libunwind: async function", wrong: libunwind,
            sentence: """
                The prologue or epilogue of an async function, whose unwind rows come too late.
                """
        ) { difference in
            difference.isAroundAsyncBody
        },
        DifferenceRule(
            name: "libunwind: call at the end", wrong: libunwind,
            sentence: """
                The return address is the first byte behind the function that called, since the call does not return: \
                libunwind looks it up as it is.
                """
        ) { difference in
            let agreed = zip(difference.libunwind, difference.witness).prefix { $0 == $1 }.count
            return agreed > 0 && difference.endsInCall(difference.witness[agreed - 1])
        },
        DifferenceRule(
            name: "libunwind: other use of an address", wrong: libunwind,
            sentence: """
                The instruction is also one behind a call, as a landing pad can be. libunwind keeps what it found for an \
                address, and as a return address this one has the rule of the byte before.
                """
        ) { difference in
            difference.row != difference.rowBefore
        },
    ]
}

/// One way in which one address differed.
struct StepDifference {
    var events: UInt32
    var count: UInt64
    var address: UInt64
    var function: String
    var code: [UInt8]
    /// How the compiler says that the caller is found from here.
    var row: UnwindRow?
    /// The same for the byte before.
    var rowBefore: UnwindRow?
    var witness: [CodeAddress]
    var hybrid: [CodeAddress]
    var libunwind: [CodeAddress]

    var library: String
    /// In an async function that begins by lowering the stack pointer.
    var makesRoomForTailCall: Bool
    private var names: CodeNames

    var witnessFunctions: [String] { functions(of: witness) }
    var hybridFunctions: [String] { functions(of: hybrid) }

    private func functions(of chain: [CodeAddress]) -> [String] { chain.map { names.shortName(at: $0.lookup) } }

    /// Whether a return address is no longer in the function that called.
    func endsInCall(_ address: CodeAddress) -> Bool {
        guard case .returnAddress(let behind) = address else { return false }
        return names.name(at: behind) != names.name(at: address.lookup)
    }

    init(_ record: UnsafePointer<hearth_step_record>, _ names: CodeNames, _ watched: WatchedFunctions?) {
        // Those of the stack, without the logical callers.
        func chain(_ which: hearth_step_chain) -> [CodeAddress] {
            let count = unsafe [record.pointee.counts.0, record.pointee.counts.1, record.pointee.counts.2]
            return (0..<count[Int(which.rawValue)]).map { unsafe hearth_step_frame(record, which, $0) }
                .filter { $0 & HEARTH_PC_ASYNC == 0 }.map { CodeAddress(recorded: $0) }
        }
        events = unsafe record.pointee.events
        count = unsafe record.pointee.count
        address = unsafe record.pointee.pc
        function = names.name(at: address)
        code = unsafe withUnsafeBytes(of: record.pointee.code) { unsafe Array($0) }
        row = names.unwindRow(at: address)
        rowBefore = names.unwindRow(at: address &- 1)
        library = names.image(at: address)?.name ?? ""
        makesRoomForTailCall = watched?.makesRoom(functionAt: address) ?? false
        witness = chain(hearth_step_witness)
        hybrid = chain(hearth_step_hybrid)
        libunwind = chain(hearth_step_libunwind)
        self.names = names
    }

    /// The instructions that async functions begin and end with.
    var isAroundAsyncBody: Bool {
        let beginning: [UInt8] = [0x55, 0x41, 0x56, 0x48, 0x8D, 0x6C, 0x24, 0x08]
        let end: [UInt8] = [0x48, 0x0F, 0xBA, 0xF5, 0x3C]
        func stands(_ bytes: [UInt8], at distance: Int) -> Bool {
            if distance >= 0 { return code.dropFirst(distance).starts(with: bytes) }
            // SAFETY: code around an instruction that has run, in the same page.
            guard Int(address & 4095) + distance >= 0, Int(address & 4095) + distance + bytes.count <= 4096 else {
                return false
            }
            let start = unsafe UnsafePointer<UInt8>(bitPattern: UInt(address) &+ UInt(bitPattern: distance))
            return unsafe start.map { start in
                unsafe Array(UnsafeBufferPointer(start: start, count: bytes.count))
            } == bytes
        }
        return [0, -1, -3, -8].contains { stands(beginning, at: $0) } || stands(end, at: 0)
            || [-5, -9, -12].contains { stands(end, at: $0) }
            || [4, 7].contains { stands([0x48], at: 0) && stands(beginning, at: $0) }
    }

    func has(_ event: hearth_step_event) -> Bool { events & event.rawValue != 0 }
}

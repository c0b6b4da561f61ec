import CHearthSampler
import CHearthStepper
import Foundation
import HearthProfile
import HearthSampling

/// Runs cases and prints a table: what was stepped, where all agree, and what differs for which reason.
final class StepReport {
    private let names: CodeNames
    private let watched: WatchedFunctions?
    private(set) var hasFailed = false
    private var instructions: UInt64 = 0
    private var same: UInt64 = 0
    private var reasons: [String: UInt64] = [:]

    init(names: CodeNames, watched: WatchedFunctions?) {
        self.names = names
        self.watched = watched
        print(Self.row("case", "instructions", "addresses", "same", "listed differences"))
    }

    private static func row(
        _ name: String, _ instructions: String, _ addresses: String, _ same: String, _ rest: String
    ) -> String {
        func right(_ text: String, _ width: Int) -> String {
            String(repeating: " ", count: max(0, width - text.count)) + text
        }
        let padded = name + String(repeating: " ", count: max(0, 46 - name.count))
        return "\(padded) \(right(instructions, 12)) \(right(addresses, 9)) \(right(same, 12))  \(rest)"
    }

    func run(_ step: StepCase, budget: UInt64) {
        var steps = hearth_steps()
        var body = step.body
        if step.isDoneBefore { body() }
        unsafe withUnsafeMutablePointer(to: &body) { pointer in
            unsafe hearth_step(
                { unsafe $0!.assumingMemoryBound(to: (@Sendable () -> Void).self).pointee() },
                UnsafeMutableRawPointer(pointer),
                budget, step.takesLoaderLock, &steps)
        }
        var listed: [String: UInt64] = [:]
        var unlisted: [StepDifference] = []
        var wrongChains: [String: UInt64] = [:]
        var chains: UInt64 = 0
        for index in 0..<hearth_step_record_count() {
            let record = unsafe hearth_step_record_at(index)!
            if unsafe record.pointee.events == hearth_step_logical.rawValue {
                chains += 1
                guard let wrong = unsafe wrongChain(record) else { continue }
                // The async function itself may be the caller that is left out.
                if unsafe names.unwindRow(at: record.pointee.pc) == nil {
                    unsafe listed["no unwind table", default: 0] += record.pointee.count
                } else {
                    unsafe wrongChains[wrong, default: 0] += record.pointee.count
                }
                continue
            }
            let difference = unsafe StepDifference(record, names, watched)
            if let rule = DifferenceRule.all.first(where: { $0.wrong == difference.events && $0.holds(difference) }) {
                listed[rule.name, default: 0] += difference.count
            } else {
                unlisted.append(difference)
            }
        }
        instructions += steps.instructions
        same += steps.same
        for (name, count) in listed { reasons[name, default: 0] += count }
        let rest = listed.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        print(
            Self.row(
                step.name + (steps.ended ? "" : " (cut off)"), "\(steps.instructions)", "\(steps.addresses)",
                "\(steps.same)", rest + (chains > 0 ? " [\(chains) logical chains]" : "")))
        if !steps.began { fail("the walks do not agree where \(step.name) begins") }
        if steps.instructions == 0 { fail("nothing was stepped in \(step.name)") }
        for (_, group) in Dictionary(grouping: unlisted, by: { "\($0.events) \($0.function)" }) { show(group) }
        for (chain, count) in wrongChains.sorted(by: { $0.value > $1.value }).prefix(20) {
            fail("\(count) × logical callers: \(chain)")
        }
    }

    func finish() {
        print(Self.row("all", "\(instructions)", "", "\(same)", ""))
        for rule in DifferenceRule.all {
            print("\(rule.name): \(reasons[rule.name] ?? 0) instructions. \(rule.sentence)")
        }
    }

    private func fail(_ line: String) {
        hasFailed = true
        print("  FAILED: \(line)")
    }

    /// What is wrong with the logical callers of a record; nil when each is the known caller of the one before, up to where
    /// the task begins.
    private func wrongChain(_ record: UnsafePointer<hearth_step_record>) -> String? {
        // The optimiser makes one function of equal ones, here of many parts that only return: their names say nothing then.
        #if !DEBUG
        return nil
        #else
        let innermost = unsafe names.shortName(at: record.pointee.watched)
        let count = unsafe record.pointee.counts.1
        let found = (0..<count).map { unsafe hearth_step_frame(record, hearth_step_hybrid, $0) }
            .filter { $0 & HEARTH_PC_ASYNC != 0 }
            .map { names.shortName(at: CodeAddress(recorded: $0).lookup) }
        // A partial application or a witness is shown as the function that it leads to.
        var keys: [String] = []
        for key in ([innermost] + found).compactMap(AsyncCases.key) where key != keys.last { keys.append(key) }
        // The thunks by which a task begins have nobody before them.
        var isRight =
            !keys.isEmpty || (innermost == "reabstraction thunk" && Set(found).subtracting([innermost]).isEmpty)
        for (index, key) in keys.enumerated() {
            guard case .some(let caller) = AsyncCases.callers[key] else { continue }
            if caller != (index + 1 < keys.count ? keys[index + 1] : nil) { isRight = false }
        }
        if isRight { return nil }
        return unsafe "at \(names.shortName(at: record.pointee.pc)), in \(innermost): \(found)"
        #endif
    }

    /// Differences in one function: how many, and one of them whole.
    private func show(_ group: [StepDifference]) {
        guard let difference = group.max(by: { $0.count < $1.count }) else { return }
        let code = difference.code.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
        let wrong = [
            (hearth_step_hybrid_differs, "hybrid"), (hearth_step_libunwind_differs, "libunwind"),
            (hearth_step_cut_differs, "cut"),
        ].filter { difference.has($0.0) }.map(\.1).joined(separator: " and ")
        fail(
            "\(wrong) at \(group.reduce(0) { $0 + $1.count }) instructions, \(group.count) ways, in \(difference.function); "
                + "at 0x\(String(difference.address, radix: 16)) [\(code)]")
        func chain(_ frames: [CodeAddress]) -> String {
            frames.prefix(14).map { names.shortName(at: $0.lookup) }.joined(separator: " < ") + " (\(frames.count))"
        }
        print("    witness   \(chain(difference.witness))")
        print("    hybrid    \(chain(difference.hybrid))")
        print("    libunwind \(chain(difference.libunwind))")
    }
}

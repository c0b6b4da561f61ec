import CHearthStepper
import Glibc

/// Something that is stepped.
struct StepCase: Sendable {
    var name: String
    /// Where it does, libunwind cannot be asked: it would wait for that lock.
    var takesLoaderLock = false
    /// Done once before it is stepped: what the first time takes would use up the budget.
    var isDoneBefore = false
    var body: @Sendable () -> Void

    static func all(_ libraries: [StepLibrary]) -> [StepCase] {
        libraries.flatMap(\.cases) + library + SwiftCases.all + AsyncCases.all
    }

    private static var library: [StepCase] {
        (0..<hearth_step_library_case_count).compactMap { index in
            let found = unsafe hearth_step_library_case(index)
            guard let body = unsafe found.body else { return nil }
            return unsafe StepCase(name: String(cString: found.name), takesLoaderLock: found.takes_loader_lock) {
                body(nil)
            }
        }
    }
}

/// A library with a table of cases, `stepped_cases`.
struct StepLibrary {
    var cases: [StepCase]

    @safe private struct Entry {
        var name: UnsafePointer<CChar>?
        var body: (@convention(c) () -> Void)?
    }

    init?(name: String, path: String) {
        guard let library = unsafe dlopen(path, RTLD_LAZY | RTLD_LOCAL),
            let table = unsafe dlsym(library, "stepped_cases")
        else { return nil }
        var entry = unsafe table.assumingMemoryBound(to: Entry.self)
        cases = []
        while let text = unsafe entry.pointee.name, let body = unsafe entry.pointee.body {
            unsafe cases.append(StepCase(name: "\(name): \(String(cString: text))") { body() })
            unsafe entry += 1
        }
    }
}

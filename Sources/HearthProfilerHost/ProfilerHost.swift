internal import Glibc

/// A host that uses what Swift services use, in ways that are hard on a profiler: `HearthProfilerHost MODE [ARGUMENT…]`.
/// It ends with 0 and lines of what it saw. Run by Tests/ChaosTests.
@main
struct ProfilerHost {
    static func main() async {
        // A program started from a pool thread inherits a mask that blocks nearly everything.
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe pthread_sigmask(SIG_SETMASK, &none, nil)
        let arguments = CommandLine.arguments.dropFirst()
        let rest = Array(arguments.dropFirst())
        do {
            switch arguments.first {
            case "stuck-pool": try StuckPool.run()
            case "starved": try await Starvation.run(seconds: number(rest, 0), groupFile: rest.dropFirst().first)
            case "libraries": try await LibraryLoops.run(seconds: number(rest, 0), paths: Array(rest.dropFirst()))
            case "stop-start": try await StopStart.run(turns: Int(number(rest, 0)))
            case "relative-library": try await RelativeLibrary.run(path: rest.first ?? "")
            case "service": try await SmallService.run(deletesItself: rest.first == "deleted")
            default: throw Damage("no mode \(arguments.first ?? "")")
            }
        } catch {
            print("damage: \(error)")
            exit(1)
        }
    }

    private static func number(_ arguments: [String], _ index: Int) -> Double {
        index < arguments.count ? Double(arguments[index]) ?? 1 : 1
    }
}

/// What a mode found wrong.
struct Damage: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }

    static func unless(_ isWell: Bool, _ description: @autoclosure () -> String) throws(Damage) {
        if !isWell { throw Damage(description()) }
    }
}

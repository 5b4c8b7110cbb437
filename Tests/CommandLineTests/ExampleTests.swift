import Foundation
import Testing

struct ExampleTests {
    @Test func `the example that embeds a guest runs`() throws {
        let run = try Program.run([], of: "EmbeddingExample")
        #expect(run.exitCode == 0)
        for line in [
            "hello from the guest", "2 + 3 = 5", "trap: integer divide by zero", "42 at 1024 of 65536 bytes",
        ] {
            #expect(run.output.contains(line + "\n"))
        }
    }
}

package org.bascule.control.command;

import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Surroundings;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A script by which a shell completes commands and options. */
@Command(
        name = "completion",
        header = "Print the script by which bash or zsh completes commands and options.",
        description =
                "For the shell that runs: 'source <(bascule completion bash)', in its start-up file for all that come.")
final class CompletionCommand implements Action {

    /** The shells that there is a script for. */
    enum Shell {
        bash,
        zsh
    }

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "SHELL", description = "which: ${COMPLETION-CANDIDATES}")
    private Shell shell = Shell.bash;

    @Override
    public int run(Surroundings around) throws CommandException {
        // one script for both: in zsh it loads the emulation of bash's completion
        around.println(AutoComplete.bash("bascule", spec.root().commandLine()).stripTrailing());
        return ExitCode.OK.code();
    }
}

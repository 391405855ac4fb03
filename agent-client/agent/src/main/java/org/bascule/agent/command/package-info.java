/** The command line. Every failure is one sentence on standard error and an exit code of {@link org.bascule.agent.command.ExitCode}; no stack traces. */
@NullMarked
package org.bascule.agent.command;

import org.jspecify.annotations.NullMarked;

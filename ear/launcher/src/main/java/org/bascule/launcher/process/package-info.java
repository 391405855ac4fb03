/**
 * Programs that live no longer than the launcher.
 *
 * <p>Invariant: a child holds the read end of a pipe whose write end only this JVM has. However this JVM ends, the pipe ends, and a watcher
 * beside the child stops it: first politely, so that a database can close its files, then by force. Nothing here knows what the programs do.
 */
@NullMarked
package org.bascule.launcher.process;

import org.jspecify.annotations.NullMarked;

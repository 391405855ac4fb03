/**
 * Watching what runs in a session (AUD-8): somebody else's session, end to end like any other, whose streams carry what tools show. Invariants: a watcher never slows the watched,
 * whose output is copied into a bounded picture and goes on; whoever cannot follow continues with a fresh picture; the watched are told at once who watches, on every stream; nothing goes from a watcher to a tool.
 * Whoever is at the device watches without a session ({@link org.bascule.agent.watch.LocalWatch}): terminals, as text.
 */
@NullMarked
package org.bascule.agent.watch;

import org.jspecify.annotations.NullMarked;

/**
 * The access server as the command line sees it: HTTP with JSON, bounded and strictly read; problems become sentences and exit codes.
 *
 * <p>Invariants: plain http is used for loopback hosts alone; redirects are not followed; a token travels in the {@code Authorization} header
 * only.
 */
@NullMarked
package org.bascule.control.server;

import org.jspecify.annotations.NullMarked;

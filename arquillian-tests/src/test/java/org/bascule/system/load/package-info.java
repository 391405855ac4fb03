/** A WebSocket client for load: thousands of connections by TLS on one thread, which keep no buffers while they are idle. It is no client for a user: it checks less and waits for nobody. */
@NullMarked
package org.bascule.system.load;

import org.jspecify.annotations.NullMarked;

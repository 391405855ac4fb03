/**
 * How the container divides its work between threads. All that knows Payara from within, for WebSockets, is here ({@code docs/decisions/0054}); in another container it does nothing.
 */
@NullMarked
package org.bascule.websocket.container;

import org.jspecify.annotations.NullMarked;

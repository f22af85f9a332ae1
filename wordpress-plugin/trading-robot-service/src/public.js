/** The scripts of the public pages: theme, menu, charts, marketplace filters, live leaderboard, published days, questions about plans, own plan. */

import { startChains } from './chain-view.js';
import { drawCharts, followTheme } from './charts.js';
import { startContact } from './contact.js';
import { startLeaderboards } from './leaderboard.js';
import { startMarketplace } from './marketplace.js';
import { startMenu } from './menu.js';
import { startPersonal } from './personal.js';
import { startTheme } from './theme.js';

function start() {
	startTheme();
	startMenu();
	drawCharts( document );
	followTheme();
	startMarketplace( document );
	startLeaderboards( document );
	startChains( document );
	startContact( document );
	startPersonal( document );
}

if ( document.readyState === 'loading' ) {
	document.addEventListener( 'DOMContentLoaded', start );
} else {
	start();
}

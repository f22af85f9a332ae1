<?php
/**
 * Plugin Name: Trading Robot Service
 * Version: 1.0.0
 */

@echo off
node "%~dp0run-policy-pack.mjs" %*
